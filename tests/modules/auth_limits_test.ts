import { assertEquals } from "@std/assert";
import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import type { Limiter } from "../../src/ports/limiter.ts";
import { openAccounts, passwordOf, person } from "../support/accounts.ts";
import { assertProblem, TestClock } from "../support/http.ts";

const broken: Limiter = {
  take: () => Promise.reject(new Error("no answer")),
  close: () => Promise.resolve(),
};

Deno.test("logins are limited per account and address, and free again after the window", async () => {
  await using node = await openAccounts({ limits: { account: 3 } });
  await node.register("ada");
  await node.register("bob");
  const login = (login: object, from: string) =>
    node.client.send("POST /api/auth/login", { body: { ...login, password: "wrong password" }, from });
  assertProblem(await login({ username: "ada" }, "192.0.2.1"), "invalid_credentials");
  assertProblem(await login({ email: "ada@example.org" }, "192.0.2.1"), "invalid_credentials");
  assertProblem(await login({ username: "ADA" }, "192.0.2.1"), "invalid_credentials");
  const refused = await login({ username: "ada" }, "192.0.2.1");
  assertProblem(refused, "rate_limited");
  assertEquals(refused.headers.get("retry-after"), "900");
  const told = ["limit", "remaining", "reset"].map((name) => refused.headers.get(`ratelimit-${name}`));
  assertEquals(told, ["3", "0", "900"]);
  assertProblem(await login({ username: "bob" }, "192.0.2.1"), "invalid_credentials");
  assertProblem(await login({ username: "ada" }, "192.0.2.2"), "invalid_credentials");
  node.clock.move(900_000);
  assertProblem(await login({ username: "ada" }, "192.0.2.1"), "invalid_credentials");
});

Deno.test("logins are limited per account from everywhere together, at ten times as many", async () => {
  await using node = await openAccounts({ limits: { account: 1 } });
  await node.register("ada");
  const login = (from: number) =>
    node.client.send("POST /api/auth/login", {
      body: { username: "ada", password: "wrong password" },
      from: `192.0.2.${from}`,
    });
  for (let from = 1; from <= 10; from++) assertProblem(await login(from), "invalid_credentials");
  assertProblem(await login(11), "rate_limited");
});

Deno.test("logins of unknown users are limited like those of known ones", async () => {
  await using node = await openAccounts({ limits: { account: 2 } });
  for (let i = 0; i < 2; i++) assertProblem(await node.login("nobody_here"), "invalid_credentials");
  assertProblem(await node.login("nobody_here"), "rate_limited");
});

Deno.test("registrations are limited per account and per address", async () => {
  await using node = await openAccounts({ limits: { account: 2, maxRequests: 4 } });
  for (let i = 0; i < 2; i++) assertProblem(await node.register("ada", { password: "x" }), "invalid_request");
  assertEquals((await node.register("ada")).status, 201);
  assertEquals((await node.register("bob")).status, 201);
  assertProblem(await node.register("eve"), "rate_limited");
  const again = () => node.client.send("POST /api/auth/register", { body: person("ada"), from: "192.0.2.9" });
  for (let i = 0; i < 2; i++) assertProblem(await again(), "email_taken");
  assertProblem(await again(), "rate_limited");
});

Deno.test("changes of the password are limited, whoever holds the token", async () => {
  await using node = await openAccounts({ limits: { account: 1 } });
  const { token } = await node.join("ada");
  const change = (currentPassword: string) =>
    node.client.send("POST /api/auth/change-password", {
      as: token,
      body: { currentPassword, newPassword: "a new password" },
    });
  assertProblem(await change("wrong password"), "invalid_credentials");
  assertProblem(await change(passwordOf("ada")), "rate_limited");
});

Deno.test("without a limiter, sign-ins are refused and everything else goes on", async () => {
  const clock = new TestClock();
  const working = new MemoryLimiter(clock);
  let current: Limiter = working;
  const limiter: Limiter = { take: (...args) => current.take(...args), close: () => current.close() };
  const limits = { account: 100, maxRequests: 100, userRequests: 100 };
  await using node = await openAccounts({ clock, limiter, limits });
  const { token, refreshToken } = await node.join("ada");
  current = broken;
  assertProblem(await node.login("ada"), "limiter_unavailable");
  assertProblem(await node.register("bob"), "limiter_unavailable");
  assertEquals((await node.client.send("GET /api/users/me", { as: token })).status, 200);
  assertEquals((await node.client.send("POST /api/auth/refresh", { body: { refreshToken } })).status, 200);
});

Deno.test("without a limiter, sign-ins are refused also where addresses have no limit", async () => {
  await using node = await openAccounts({ limiter: broken, limits: { account: 1 } });
  assertProblem(await node.login("ada"), "limiter_unavailable");
});
