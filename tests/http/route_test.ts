import { assertEquals, assertMatch } from "@std/assert";
import { z } from "zod";
import { created, Reply, route } from "../../src/http/route.ts";
import type { Router } from "../../src/http/route.ts";
import { text } from "../../src/http/schema.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { createLogger } from "../../src/kernel/log.ts";
import { StoreUnavailable, UniqueViolation } from "../../src/ports/store.ts";
import { assertProblem, TestClient, TestClock, testHttp } from "../support/http.ts";

const note = z.object({
  title: text(1, 10),
  tags: z.array(z.object({ name: z.string() })).default([]),
  content: z.union([z.string(), z.object({ text: z.string() })]).optional(),
});
const answer = z.object({ echo: z.unknown() });

/** A route that answers what its handler was given. */
function notes(router: Router): TestClient {
  route(router, {
    method: "post",
    path: "/notes/:id",
    summary: "Echo",
    tag: "Notes",
    auth: "user",
    params: z.object({ id: z.string() }),
    query: z.object({ n: z.coerce.number().int().default(1) }),
    body: note,
    ok: { status: 200, schema: answer },
  }, ({ params, query, body, user }) => ({ echo: { params, query, body, userId: user.userId } }));
  return new TestClient(router);
}

/** A route whose handler throws. */
function failing(thrown: unknown, router = testHttp()): TestClient {
  route(router, {
    method: "get",
    path: "/fail",
    summary: "Fail",
    tag: "Notes",
    auth: "none",
    ok: { status: 200 },
    errors: ["conversation_full", "rate_limited", "overloaded"],
  }, () => Promise.reject(thrown));
  return new TestClient(router);
}

Deno.test("a handler gets parsed input; unknown fields are dropped", async () => {
  const client = notes(testHttp());
  const body = JSON.parse('{"title":"a","more":1,"__proto__":{"x":1},"tags":[{"name":"t","$where":"1"}]}');
  const received = await client.send("POST /notes/7?n=3&m=4", { as: "ada", body });
  assertEquals(received.status, 200);
  assertEquals(received.body.echo, {
    params: { id: "7" },
    query: { n: 3 },
    body: { title: "a", tags: [{ name: "t" }] },
    userId: "ada",
  });
});

Deno.test("every wrong field is named by its dotted path", async () => {
  const client = notes(testHttp());
  const wrong = async (body: unknown, query = "") => {
    const received = await client.send(`POST /notes/7${query}`, { as: "ada", body });
    assertProblem(received, "invalid_request");
    return received.body.errors.map(({ field }: { field: string }) => field);
  };
  assertEquals(await wrong({ tags: [{ name: "t" }, { name: 1 }] }), ["title", "tags.1.name"]);
  assertEquals(await wrong({ title: "a", content: { text: 5 } }), ["content.text"]);
  assertEquals(await wrong({ title: "a", content: 5 }), ["content"]);
  assertEquals(await wrong([]), ["body"]);
  assertEquals(await wrong({ title: "a" }, "?n=x"), ["n"]);
  assertEquals(await wrong({ title: "a", content: "\ud800" }), ["content"]);
  assertEquals(await wrong({ title: "a", "\ud800": 1 }), ["body"]);
});

Deno.test("text() counts code points and refuses control characters", async () => {
  const client = notes(testHttp());
  const status = async (title: string) =>
    (await client.send("POST /notes/7", { as: "ada", body: { title } })).status;
  assertEquals(await status("😀".repeat(10)), 200);
  assertEquals(await status("😀".repeat(11)), 400);
  assertEquals(await status("x".repeat(11)), 400);
  assertEquals(await status(""), 400);
  assertEquals(await status("a\u0000"), 400);
  assertEquals(await status("हिन्दी"), 200);
});

Deno.test("a body of another type is refused, with or without a charset JSON is not", async () => {
  const client = notes(testHttp());
  const send = (type: string | undefined, body: string | Uint8Array<ArrayBuffer>) =>
    client.fetch(
      new Request("http://parley.test/notes/7", {
        method: "POST",
        headers: { authorization: "Bearer ada", ...(type !== undefined && { "content-type": type }) },
        body,
      }),
    );
  assertEquals((await send("application/json; charset=utf-8", '{"title":"a"}')).status, 200);
  assertEquals((await send("application/vnd.api+json", '{"title":"a"}')).status, 200);
  assertProblem(await send("text/plain", '{"title":"a"}'), "unsupported_media_type");
  assertProblem(await send("application/x-www-form-urlencoded", "title=a"), "unsupported_media_type");
  assertProblem(await send("application/jsonp", '{"title":"a"}'), "unsupported_media_type");
  assertProblem(await send("application/json", new Uint8Array([0xff, 0xfe, 0])), "invalid_request");
  assertProblem(await send(undefined, new Uint8Array(0)), "invalid_request");
});

Deno.test("a compressed body is refused as such, and identity is no compression", async () => {
  const client = notes(testHttp());
  const send = (encoding: string) => {
    const headers = {
      authorization: "Bearer ada",
      "content-type": "application/json",
      "content-encoding": encoding,
    };
    const init = { method: "POST", headers, body: '{"title":"a"}' };
    return client.fetch(new Request("http://parley.test/notes/7", init));
  };
  assertProblem(await send("gzip"), "unsupported_media_type");
  assertEquals((await send("identity")).status, 200);
});

Deno.test("a body is bounded while it streams, without a length or with a false one", async () => {
  const client = notes(testHttp());
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new TextEncoder().encode(" ".repeat(65_536)));
    },
  });
  const headers = { authorization: "Bearer ada", "content-type": "application/json" };
  const post = (init: RequestInit) =>
    client.fetch(new Request("http://parley.test/notes/7", { method: "POST", ...init }));
  assertProblem(await post({ headers, body: endless }), "payload_too_large");
  assertEquals(pulled < 10, true);
  const claim = { ...headers, "content-length": "99999999" };
  assertProblem(await post({ headers: claim, body: "{}" }), "payload_too_large");
});

Deno.test("a body may be as large as the limit, and as deep", async () => {
  const client = notes(testHttp());
  const size = (bytes: number) =>
    client.send("POST /notes/7", { as: "ada", body: { title: "a", x: "x".repeat(bytes) } });
  const frame = JSON.stringify({ title: "a", x: "" }).length;
  assertEquals((await size(256 * 1024 - frame)).status, 200);
  assertProblem(await size(256 * 1024 - frame + 1), "payload_too_large");
  const depth = (levels: number) => {
    const x = JSON.parse("[".repeat(levels - 1) + "]".repeat(levels - 1));
    return client.send("POST /notes/7", { as: "ada", body: { title: "a", x } });
  };
  assertEquals((await depth(32)).status, 200);
  assertProblem(await depth(33), "invalid_request");
});

Deno.test("what a handler throws is answered as a problem, with nothing of the inside", async () => {
  const lines: string[] = [];
  const clock = new TestClock();
  const log = createLogger({ level: "info", clock, write: (line) => lines.push(line) });
  const cases = [
    [new ParleyError("conversation_full"), "conversation_full"],
    [new StoreUnavailable("mongodb://user:hunter2@db"), "store_unavailable"],
    [new UniqueViolation("hunter2"), "internal"],
    [new TypeError("hunter2"), "internal"],
    ["hunter2", "internal"],
  ] as const;
  for (const [thrown, code] of cases) {
    const received = await failing(thrown, testHttp({ log, clock })).send("GET /fail");
    assertProblem(received, code);
    assertEquals(JSON.stringify(received.body).includes("hunter2"), false);
  }
  const failures = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "request_failed");
  assertEquals(failures.map(({ code }) => code), ["store_unavailable", "internal", "internal", "internal"]);
  assertMatch(failures[1].error, /hunter2/);
  assertEquals(failures.every(({ requestId, route }) => requestId && route === "/fail"), true);
});

Deno.test("Retry-After is whole seconds, at least one", async () => {
  const after = async (error: Error) => (await failing(error).send("GET /fail")).headers.get("retry-after");
  assertEquals(await after(new ParleyError("rate_limited", undefined, { retryAfterMs: 1001 })), "2");
  assertEquals(await after(new ParleyError("overloaded", undefined, { retryAfterMs: 10 })), "1");
  assertEquals(await after(new StoreUnavailable("down")), "1");
  assertEquals(await after(new ParleyError("conversation_full")), null);
});

Deno.test("an unknown path is not found; a known one names the methods that it takes", async () => {
  const router = testHttp();
  const client = notes(router);
  router.app.get("/plain", (c) => c.text("plain"));
  assertProblem(await client.send("GET /nothing"), "not_found");
  const wrong = await client.send("DELETE /notes/7");
  assertProblem(wrong, "method_not_allowed");
  assertEquals(wrong.headers.get("allow"), "POST");
  assertEquals((await client.send("POST /plain")).headers.get("allow"), "GET, HEAD");
});

Deno.test("a reply may bring a status and headers of its own, or be a whole response", async () => {
  const router = testHttp();
  const common = { method: "get", summary: "Get", tag: "Notes", auth: "none" } as const;
  route(router, { ...common, path: "/made", ok: { status: 201, also: 200, schema: answer } }, () => {
    return created("/notes/1", { echo: 1 });
  });
  route(router, { ...common, path: "/again", ok: { status: 201, also: 200, schema: answer } }, () => {
    return new Reply({ echo: 1 }, 200);
  });
  route(router, { ...common, path: "/done", ok: { status: 204 } }, () => undefined);
  router.app.get("/raw", () => new Response("<p>", { headers: { "content-security-policy": "own" } }));
  const client = new TestClient(router);
  const made = await client.send("GET /made");
  assertEquals([made.status, made.headers.get("location")], [201, "/notes/1"]);
  assertEquals((await client.send("GET /again")).status, 200);
  assertEquals((await client.send("GET /done")).status, 204);
  const raw = await client.send("GET /raw");
  assertEquals([raw.body, raw.headers.get("content-security-policy")], ["<p>", "own"]);
});
