import { assertEquals, assertNotEquals } from "@std/assert";
import { sessions } from "../../src/modules/auth/records.ts";
import { GRACE_MS } from "../../src/modules/auth/sessions.ts";
import { AccountsNode, openAccounts, SECRET } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";
import type { Received } from "../support/http.ts";

function refresh(node: AccountsNode, refreshToken: string): Promise<Received> {
  return node.client.send("POST /api/auth/refresh", { body: { refreshToken } });
}

Deno.test("refresh answers new tokens of the same session", async () => {
  await using node = await openAccounts();
  const { id, refreshToken } = await node.join("ada");
  node.clock.move(1000);
  const { status, body } = await refresh(node, refreshToken);
  assertEquals(status, 200);
  assertEquals(body.user.id, id);
  assertNotEquals(body.refreshToken, refreshToken);
  assertEquals((await node.client.send("GET /api/users/me", { as: body.accessToken })).status, 200);
  assertEquals(await node.store.count(sessions, { userId: id }), 1);
});

Deno.test("refresh keeps no token, only a hash", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const { body } = await refresh(node, refreshToken);
  const kept = JSON.stringify(await node.store.find(sessions, {}));
  for (const token of [refreshToken, body.refreshToken, body.accessToken]) {
    assertEquals(kept.includes(token.split(".").at(-1)), false);
  }
});

Deno.test("of many who refresh at once, on two nodes, all get the same successor", async () => {
  await using node = await openAccounts();
  const other = new AccountsNode(node.store, { clock: node.clock });
  const { refreshToken } = await node.join("ada");
  const nodes = [node, other, node, other, node, other, node, other];
  const answers = await Promise.all(nodes.map((any) => refresh(any, refreshToken)));
  assertEquals(answers.map(({ status }) => status), nodes.map(() => 200));
  assertEquals(new Set(answers.map(({ body }) => body.refreshToken)).size, 1);
});

Deno.test("refresh repeated within the grace gets the same successor, and the successor goes on", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const first = await refresh(node, refreshToken);
  node.clock.move(GRACE_MS);
  const repeated = await refresh(node, refreshToken);
  assertEquals(repeated.body.refreshToken, first.body.refreshToken);
  assertEquals((await refresh(node, first.body.refreshToken)).status, 200);
});

Deno.test("refresh replayed after the grace ends the session", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const { body } = await refresh(node, refreshToken);
  node.clock.move(GRACE_MS + 1);
  assertProblem(await refresh(node, refreshToken), "invalid_refresh_token");
  assertProblem(await refresh(node, body.refreshToken), "invalid_refresh_token");
  assertProblem(await node.client.send("GET /api/users/me", { as: body.accessToken }), "unauthenticated");
});

Deno.test("refresh with a token from two generations back ends the session, grace or not", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const second = await refresh(node, refreshToken);
  const third = await refresh(node, second.body.refreshToken);
  assertProblem(await refresh(node, refreshToken), "invalid_refresh_token");
  assertProblem(await refresh(node, third.body.refreshToken), "invalid_refresh_token");
});

Deno.test("a replay ends no other session of the user", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const other = await node.login("ada");
  await refresh(node, refreshToken);
  node.clock.move(GRACE_MS + 1);
  await refresh(node, refreshToken);
  assertEquals((await refresh(node, other.body.refreshToken)).status, 200);
});

Deno.test("a made-up refresh token does nothing, though it names the session", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const [session] = refreshToken.split(".");
  const mac = "A".repeat(43);
  for (
    const token of [`${session}.0.${mac}`, `${session}.9.${mac}`, "x", `${session}..`, refreshToken.slice(1)]
  ) {
    assertProblem(await refresh(node, token), "invalid_refresh_token");
  }
  assertEquals((await refresh(node, refreshToken)).status, 200);
});

Deno.test("a session that is not refreshed for its life is over; each refresh gives it another life", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  node.clock.move(86_400_000 - 1);
  const { body } = await refresh(node, refreshToken);
  node.clock.move(86_400_000 - 1);
  const again = await refresh(node, body.refreshToken);
  assertEquals(again.status, 200);
  node.clock.move(86_400_000);
  assertProblem(await refresh(node, again.body.refreshToken), "invalid_refresh_token");
});

Deno.test("a refresh token outlives the change of the key by one rotation of it", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  const tokens = { accessMs: 900_000, refreshMs: 86_400_000, secret: "another".repeat(6) };
  const rotated = new AccountsNode(node.store, {
    clock: node.clock,
    auth: { tokens: { ...tokens, previous: SECRET } },
  });
  const first = await refresh(rotated, refreshToken);
  assertEquals(first.status, 200);
  assertEquals((await refresh(rotated, refreshToken)).body.refreshToken, first.body.refreshToken);
  rotated.clock.move(GRACE_MS + 1);
  assertProblem(await refresh(rotated, refreshToken), "invalid_refresh_token");
  assertProblem(await refresh(rotated, first.body.refreshToken), "invalid_refresh_token");
});

Deno.test("refresh wants a text", async () => {
  await using node = await openAccounts();
  for (const body of [{}, { refreshToken: 7 }, { refreshToken: { $gt: "" } }, { refreshToken: "" }]) {
    assertProblem(await node.client.send("POST /api/auth/refresh", { body }), "invalid_request");
  }
});
