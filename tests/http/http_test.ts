import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { origins } from "../../src/http/origins.ts";
import { route } from "../../src/http/route.ts";
import { createLogger } from "../../src/kernel/log.ts";
import { TestClient, TestClock, testHttp } from "../support/http.ts";
import type { HttpDeps } from "../../src/http/http.ts";
import type { LogFields } from "../../src/kernel/log.ts";

function client(deps: Partial<HttpDeps> = {}): TestClient {
  const router = testHttp(deps);
  const common = { method: "get", summary: "Get", tag: "Notes", ok: { status: 204 } } as const;
  route(router, { ...common, path: "/open", auth: "none" }, () => undefined);
  route(router, { ...common, path: "/closed/:id", auth: "user" }, () => undefined);
  return new TestClient(router);
}

Deno.test("a sane request id is kept, any other replaced", async () => {
  const some = client();
  const idOf = async (id: string) =>
    (await some.send("GET /open", { headers: { "x-request-id": id } })).headers.get("x-request-id");
  assertEquals(await idOf("trace-1:2.3_4"), "trace-1:2.3_4");
  for (const id of ["a b", 'a"b', "x".repeat(129), "<x>"]) assertNotEquals(await idOf(id), id);
  assertNotEquals(await idOf("?"), await idOf("?"));
});

Deno.test("every response carries the security headers; HSTS where it is served over TLS", async () => {
  for (const hsts of [false, true]) {
    for (const path of ["/open", "/nothing", "/closed/1"]) {
      const { headers } = await client({ hsts }).send(`GET ${path}`);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
      assertEquals(headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
      assertEquals(headers.get("referrer-policy"), "no-referrer");
      assertEquals(headers.get("cache-control"), "no-store");
      assertEquals(headers.has("strict-transport-security"), hsts);
    }
  }
});

Deno.test("allowed origins and the service's own read responses, others do not", async () => {
  const some = client({ origins: origins(["https://chat.example"]) });
  const allowed = async (origin: string) =>
    (await some.send("GET /open", { headers: { origin } })).headers.get("access-control-allow-origin");
  assertEquals(await allowed("https://chat.example"), "https://chat.example");
  assertEquals(await allowed("http://parley.test"), "http://parley.test");
  for (
    const origin of [
      "https://evil.example",
      "https://chat.example.evil.example",
      "null",
      "https://chat.example:8443",
    ]
  ) {
    assertEquals(await allowed(origin), null);
  }
});

Deno.test("a preflight is answered without a token", async () => {
  const some = client({ origins: origins(["https://chat.example"]) });
  const headers = { origin: "https://chat.example", "access-control-request-method": "PUT" };
  const { status, headers: answer } = await some.send("OPTIONS /closed/1", { headers });
  assertEquals(status, 204);
  assertEquals(answer.get("access-control-allow-origin"), "https://chat.example");
  assert(answer.get("access-control-allow-methods")?.includes("PUT"));
  assert(answer.get("access-control-allow-headers")?.includes("Authorization"));
});

Deno.test("each request is a line in the log, without its path, query or token", async () => {
  const lines: LogFields[] = [];
  const clock = new TestClock();
  const log = createLogger({ level: "info", clock, write: (line) => lines.push(JSON.parse(line)) });
  const headers = { "x-request-id": "r1" };
  await client({ log, clock }).send("GET /closed/secret-id?q=hunter2", { as: "ada", headers });
  const { time: _, ...line } = lines[0] ?? {};
  assertEquals(line, {
    level: "info",
    event: "request",
    requestId: "r1",
    method: "GET",
    route: "/closed/:id",
    status: 204,
    ms: 0,
    userId: "ada",
  });
});

Deno.test("a failure is logged with what led to it, as far as it goes", () => {
  const lines: LogFields[] = [];
  const log = createLogger({
    level: "info",
    clock: new TestClock(),
    write: (line) => lines.push(JSON.parse(line)),
  });
  const timeout = new Error("no answer", { cause: "the cable" });
  log.error("failed", {}, new TypeError("not there", { cause: timeout }));
  log.error("failed", {}, timeout.cause);
  const endless = new Error("again");
  endless.cause = endless;
  log.error("failed", {}, endless);
  assertEquals(lines.map(({ error, cause }) => [error, cause]), [
    ["TypeError: not there", "Error: no answer < the cable"],
    ["the cable", undefined],
    ["Error: again", Array(4).fill("Error: again").join(" < ")],
  ]);
});

Deno.test("the response to an upgrade passes untouched", async () => {
  const router = testHttp();
  const upgrade = Object.create(Response.prototype, {
    status: { value: 101 },
    headers: { get: () => assert(false, "the headers of an upgrade are not ours") },
  });
  router.app.get("/ws", () => upgrade);
  assertEquals(await router.app.fetch(new Request("http://parley.test/ws"), {}) === upgrade, true);
});
