import { assert, assertEquals } from "@std/assert";
import { TICKET_MS } from "../../src/modules/auth/tickets.ts";
import { AccountsNode, openAccounts } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";

Deno.test("sessions are listed newest first, in pages, the present one marked", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const headers = { "user-agent": "Parley Test/1.0" };
  for (let i = 0; i < 2; i++) {
    const body = { username: "ada", password: "correct horse of ada" };
    await node.client.send("POST /api/auth/login", { body, headers, from: "198.51.100.7" });
  }
  const first = await node.client.send("GET /api/auth/sessions?limit=2", { as: token });
  assertEquals(first.body.pagination.hasMore, true);
  const { userAgent, address, isCurrent } = first.body.sessions[0];
  assertEquals({ userAgent, address, isCurrent }, {
    userAgent: "Parley Test/1.0",
    address: "198.51.100.7",
    isCurrent: false,
  });
  const cursor = first.body.pagination.nextCursor;
  const rest = await node.client.send(`GET /api/auth/sessions?limit=2&cursor=${cursor}`, { as: token });
  assertEquals(rest.body.sessions.length, 1);
  assertEquals(rest.body.sessions[0].isCurrent, true);
  assertEquals(rest.body.pagination, { limit: 2, hasMore: false, nextCursor: null });
});

Deno.test("one session is ended by its id; another user's is not there", async () => {
  await using node = await openAccounts();
  const ada = await node.join("ada");
  const bob = await node.join("bob");
  const there = await node.login("ada");
  const { body } = await node.client.send("GET /api/auth/sessions", { as: there.body.accessToken });
  const current = body.sessions.find((session: { isCurrent: boolean }) => session.isCurrent);
  const path = `DELETE /api/auth/sessions/${current.id}`;
  assertProblem(await node.client.send(path, { as: bob.token }), "not_found");
  assertProblem(await node.client.send("DELETE /api/auth/sessions/nothing", { as: bob.token }), "not_found");
  assertEquals((await node.client.send(path, { as: ada.token })).status, 204);
  assertProblem(
    await node.client.send("GET /api/users/me", { as: there.body.accessToken }),
    "unauthenticated",
  );
  assertProblem(await node.client.send(path, { as: ada.token }), "not_found");
});

Deno.test("logout-all ends every session and tells of each", async () => {
  await using node = await openAccounts();
  const { id, token } = await node.join("ada");
  const there = await node.login("ada");
  const ended: string[] = [];
  node.events.on("session_ended", ({ userId }) => ended.push(userId));
  assertEquals((await node.client.send("POST /api/auth/logout-all", { as: token })).status, 204);
  assertEquals(ended, [id, id]);
  for (const as of [token, there.body.accessToken]) {
    assertProblem(await node.client.send("GET /api/users/me", { as }), "unauthenticated");
  }
});

Deno.test("ended() tells which sessions are over, wherever they were ended", async () => {
  await using node = await openAccounts();
  const other = new AccountsNode(node.store, { clock: node.clock });
  const { token } = await node.join("ada");
  const there = (await node.login("ada")).body.accessToken;
  const ids = [];
  for (const each of [token, there]) ids.push((await node.auth.verifier.authenticate(each)).sessionId);
  await node.client.send("POST /api/auth/logout", { as: there });
  assertEquals(await other.auth.sessions.ended(ids), new Set(ids.slice(1)));
});

Deno.test("a ticket opens once, for whom it was given, as long as the token would", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const { status, body } = await node.client.send("POST /api/auth/ws-ticket", { as: token });
  assertEquals(status, 201);
  assertEquals(body.expiresAt, new Date(node.clock.now() + TICKET_MS).toISOString());
  assertEquals(await node.auth.tickets.consume(body.ticket), await node.auth.verifier.authenticate(token));
  assertEquals(await node.auth.tickets.consume(body.ticket), undefined);
});

Deno.test("of many who use a ticket at once, on two nodes, one gets in", async () => {
  await using node = await openAccounts();
  const other = new AccountsNode(node.store, { clock: node.clock });
  const { token } = await node.join("ada");
  const { body } = await node.client.send("POST /api/auth/ws-ticket", { as: token });
  const nodes = [node, other, node, other, node, other];
  const answers = await Promise.all(nodes.map((any) => any.auth.tickets.consume(body.ticket)));
  assertEquals(answers.filter((answer) => answer !== undefined).length, 1);
});

Deno.test("a ticket is good for 30 seconds, and not beyond its session", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const issue = async () => (await node.client.send("POST /api/auth/ws-ticket", { as: token })).body.ticket;
  const [inTime, late] = [await issue(), await issue()];
  node.clock.move(TICKET_MS - 1);
  assert(await node.auth.tickets.consume(inTime));
  node.clock.move(1);
  assertEquals(await node.auth.tickets.consume(late), undefined);
  const orphan = await issue();
  await node.client.send("POST /api/auth/logout", { as: token });
  assertEquals(await node.auth.tickets.consume(orphan), undefined);
  assertEquals(await node.auth.tickets.consume("made up"), undefined);
});

Deno.test("every route of accounts asks for a token", async () => {
  await using node = await openAccounts();
  const closed = node.router.declared.filter(({ auth }) => auth === "user");
  assert(closed.length > 15);
  for (const { method, path } of closed) {
    const call = `${method.toUpperCase()} ${path.replace(":id", "someone")}`;
    assertProblem(await node.client.send(call), "unauthenticated");
    assertProblem(await node.client.send(call, { as: "made.up.token" }), "unauthenticated");
  }
});

Deno.test("every route with a body refuses what is none", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const headers = { "content-type": "application/json" };
  for (const { method, path, body } of node.router.declared) {
    if (!body) continue;
    const send = (text: string) => {
      const url = `http://parley.test${path.replace(":id", "someone")}`;
      const authorization = `Bearer ${token}`;
      const init = { method: method.toUpperCase(), headers: { ...headers, authorization }, body: text };
      return node.client.fetch(new Request(url, init));
    };
    for (const text of ["", "{", "[]", "7", '"x"', "null", "[".repeat(100_000)]) {
      assertProblem(await send(text), "invalid_request");
    }
    assertProblem(await send(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), "invalid_request");
    assertProblem(await send(`{"a":"${"x".repeat(1_000_000)}"}`), "payload_too_large");
  }
});
