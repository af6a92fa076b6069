import { assertEquals } from "@std/assert";
import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { budgets } from "../../src/http/limits.ts";
import type { LimitSettings } from "../../src/http/limits.ts";
import type { LimitName } from "../../src/http/guard.ts";
import { route } from "../../src/http/route.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import type { Limiter } from "../../src/ports/limiter.ts";
import { assertProblem, principalFromToken, TestClient, TestClock, testHttp } from "../support/http.ts";

const settings = { windowMs: 900_000, maxRequests: 3, userRequests: 2, messages: 1, account: 1 };

function limited(
  change: Partial<LimitSettings> = {},
  limiter?: Limiter,
): { client: TestClient; clock: TestClock } {
  const clock = new TestClock();
  const router = testHttp({
    clock,
    limiter: limiter ?? new MemoryLimiter(clock),
    budgets: budgets({ ...settings, ...change }),
    authenticate: (token) => {
      if (token === "wrong") throw new ParleyError("unauthenticated");
      return principalFromToken(token);
    },
  });
  const add = (path: string, auth: "none" | "user", limit?: LimitName) => {
    const common = { method: "get", summary: "Get", tag: "Notes", ok: { status: 204 } } as const;
    route(router, { ...common, path, auth, ...(limit && { limit }) }, () => undefined);
  };
  add("/open", "none");
  add("/user", "user");
  add("/send", "user", "messages");
  add("/login", "none", "credentials");
  add("/free", "none", "none");
  return { client: new TestClient(router), clock };
}

Deno.test("callers without a token share their address's budget, wrong tokens included", async () => {
  const { client, clock } = limited();
  assertEquals((await client.send("GET /open")).headers.get("ratelimit-remaining"), "2");
  assertProblem(await client.send("GET /user"), "unauthenticated");
  assertProblem(await client.send("GET /user", { as: "wrong" }), "unauthenticated");
  clock.move(899_999);
  const refused = await client.send("GET /open");
  assertProblem(refused, "rate_limited");
  assertEquals(refused.headers.get("retry-after"), "1");
  assertEquals(refused.headers.get("ratelimit-limit"), "3");
  assertEquals(refused.headers.get("ratelimit-remaining"), "0");
  assertProblem(await client.send("GET /user", { as: "wrong" }), "rate_limited");
  assertEquals((await client.send("GET /open", { from: "192.0.2.2" })).status, 204);
  clock.move(1);
  assertEquals((await client.send("GET /open")).status, 204);
});

Deno.test("callers with a token have a budget of their own, a minute at a time", async () => {
  const { client, clock } = limited();
  for (let i = 0; i < 2; i++) assertEquals((await client.send("GET /user", { as: "ada" })).status, 204);
  assertProblem(await client.send("GET /user", { as: "ada" }), "rate_limited");
  assertEquals((await client.send("GET /user", { as: "bob" })).status, 204);
  clock.move(60_000);
  assertEquals((await client.send("GET /user", { as: "ada" })).headers.get("ratelimit-reset"), "60");
});

Deno.test("messages count on their own budget, ten seconds at a time", async () => {
  const { client, clock } = limited();
  assertEquals((await client.send("GET /send", { as: "ada" })).status, 204);
  assertProblem(await client.send("GET /send", { as: "ada" }), "rate_limited");
  assertEquals((await client.send("GET /user", { as: "ada" })).status, 204);
  clock.move(10_000);
  assertEquals((await client.send("GET /send", { as: "ada" })).status, 204);
});

Deno.test("a limit of 0 is off, and says nothing", async () => {
  const { client } = limited({ maxRequests: 0, userRequests: 0, messages: 0 });
  for (const call of ["GET /open", "GET /user", "GET /send", "GET /login"]) {
    for (let i = 0; i < 5; i++) {
      const { status, headers } = await client.send(call, { as: "ada" });
      assertEquals([status, headers.has("ratelimit-limit")], [204, false]);
    }
  }
});

Deno.test("a route without a limit takes no point", async () => {
  const { client } = limited({ maxRequests: 1 });
  for (let i = 0; i < 5; i++) assertEquals((await client.send("GET /free")).status, 204);
  assertEquals((await client.send("GET /open")).status, 204);
});

Deno.test("a limiter that cannot answer lets calls pass, but no sign-in", async () => {
  const broken: Limiter = {
    take: () => Promise.reject(new Error("no answer")),
    close: () => Promise.resolve(),
  };
  const { client } = limited({}, broken);
  assertEquals((await client.send("GET /open")).status, 204);
  assertEquals((await client.send("GET /user", { as: "ada" })).status, 204);
  assertProblem(await client.send("GET /login"), "limiter_unavailable");
});

Deno.test("the memory limiter keeps budgets and keys apart, and forgets the oldest when it is full", async () => {
  const clock = new TestClock();
  const limiter = new MemoryLimiter(clock, 10);
  const budget = { name: "a", points: 1, windowMs: 1000 };
  const take = async (key: string, name = "a") => (await limiter.take({ ...budget, name }, key)).allowed;
  assertEquals([await take("x"), await take("x"), await take("y"), await take("x", "b")], [
    true,
    false,
    true,
    true,
  ]);
  clock.move(500);
  for (let i = 0; i < 7; i++) await take(`k${i}`);
  assertEquals(await take("k6"), false);
  await take("new");
  assertEquals(await take("k6"), false);
  assertEquals(await take("x"), true);
});
