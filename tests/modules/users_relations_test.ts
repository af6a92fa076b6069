import { assertEquals } from "@std/assert";
import { openAccounts } from "../support/accounts.ts";
import type { AccountsNode } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";
import type { Received } from "../support/http.ts";

function add(node: AccountsNode, as: string, userId: unknown): Promise<Received> {
  return node.client.send("POST /api/users/me/contacts", { as, body: { userId } });
}

function allow(node: AccountsNode, as: string, allowMessages: string): Promise<Received> {
  return node.client.send("PUT /api/users/me/preferences", { as, body: { privacy: { allowMessages } } });
}

Deno.test("a contact is added once, listed in pages, and taken out again", async () => {
  await using node = await openAccounts();
  const ada = await node.join("ada");
  const others = [await node.join("bob"), await node.join("eve"), await node.join("mia")];
  for (const { id } of others) {
    const answer = await add(node, ada.token, id);
    assertEquals([answer.status, answer.headers.get("location")], [201, `/api/users/${id}`]);
  }
  const again = await add(node, ada.token, others[0]?.id);
  assertEquals([again.status, again.body.username], [200, "bob"]);
  const list = async (query: string) => {
    return (await node.client.send(`GET /api/users/me/contacts${query}`, { as: ada.token })).body;
  };
  const first = await list("?limit=2");
  const rest = await list(`?limit=2&cursor=${first.pagination.nextCursor}`);
  const names = [...first.contacts, ...rest.contacts].map(({ username }: { username: string }) => username);
  assertEquals(names, ["bob", "eve", "mia"]);
  assertEquals(await node.users.relations.contactsOf(ada.id), others.map(({ id }) => id));
  const path = `DELETE /api/users/me/contacts/${others[0]?.id}`;
  assertEquals((await node.client.send(path, { as: ada.token })).status, 204);
  assertProblem(await node.client.send(path, { as: ada.token }), "not_found");
  assertEquals((await list("")).contacts.length, 2);
});

Deno.test("contacts are one's own alone", async () => {
  await using node = await openAccounts();
  const [ada, bob] = [await node.join("ada"), await node.join("bob")];
  await add(node, ada.token, bob.id);
  const { body } = await node.client.send("GET /api/users/me/contacts", { as: bob.token });
  assertEquals(body.contacts, []);
  assertProblem(
    await node.client.send(`DELETE /api/users/me/contacts/${ada.id}`, { as: bob.token }),
    "not_found",
  );
});

Deno.test("those who are blocked are listed in pages, to who blocked them alone", async () => {
  await using node = await openAccounts();
  const ada = await node.join("ada");
  const others = [await node.join("bob"), await node.join("eve"), await node.join("mia")];
  const send = (call: string, as = ada.token) => node.client.send(call, { as });
  for (const { id } of others) assertEquals((await send(`PUT /api/users/${id}/block`)).status, 204);
  const { body: first } = await send("GET /api/users/me/blocks?limit=2");
  const { body: rest } = await send(`GET /api/users/me/blocks?limit=2&cursor=${first.pagination.nextCursor}`);
  const names = [...first.blocks, ...rest.blocks].map(({ username }: { username: string }) => username);
  assertEquals([names, first.pagination.hasMore, rest.pagination.hasMore], [
    ["bob", "eve", "mia"],
    true,
    false,
  ]);
  await send(`DELETE /api/users/${others[0]?.id}/block`);
  assertEquals((await send("GET /api/users/me/blocks")).body.blocks.length, 2);
  assertEquals((await send("GET /api/users/me/blocks", others[1]?.token)).body.blocks, []);
});

Deno.test("nobody adds or blocks someone who is not there, or themselves", async () => {
  await using node = await openAccounts();
  const { id, token } = await node.join("ada");
  assertProblem(await add(node, token, "nobody"), "not_found");
  assertProblem(await add(node, token, id), "invalid_request");
  assertProblem(await add(node, token, { $ne: null }), "invalid_request");
  assertProblem(await node.client.send("PUT /api/users/nobody/block", { as: token }), "not_found");
  assertProblem(await node.client.send(`PUT /api/users/${id}/block`, { as: token }), "invalid_request");
});

Deno.test("a contact that is added twice at once is one contact", async () => {
  await using node = await openAccounts();
  const [ada, bob] = [await node.join("ada"), await node.join("bob")];
  const answers = await Promise.all([1, 2, 3].map(() => add(node, ada.token, bob.id)));
  assertEquals(answers.map(({ status }) => status).sort(), [200, 200, 201]);
});

Deno.test("a block holds either way until it is lifted, and hides presence", async () => {
  await using node = await openAccounts();
  const [ada, bob] = [await node.join("ada"), await node.join("bob")];
  const { relations } = node.users;
  assertEquals(await relations.blocked(ada.id, bob.id), false);
  const path = `/api/users/${bob.id}/block`;
  for (let i = 0; i < 2; i++) {
    assertEquals((await node.client.send(`PUT ${path}`, { as: ada.token })).status, 204);
  }
  assertEquals([await relations.blocked(ada.id, bob.id), await relations.blocked(bob.id, ada.id)], [
    true,
    true,
  ]);
  assertEquals(await relations.mayAdd(bob.id, [ada.id]), []);
  assertEquals(await relations.mayAdd(ada.id, [bob.id]), []);
  const seen = await node.client.send(`GET /api/users/${ada.id}`, { as: bob.token });
  assertEquals([seen.status, "isOnline" in seen.body, "lastSeen" in seen.body], [200, false, false]);
  assertEquals(await node.users.visible(bob.id, [ada.id]), new Map());
  for (let i = 0; i < 2; i++) {
    assertEquals((await node.client.send(`DELETE ${path}`, { as: ada.token })).status, 204);
  }
  assertEquals(await relations.mayAdd(bob.id, [ada.id]), [ada.id]);
});

Deno.test("mayAdd() follows allowMessages: contacts means that the actor is one of theirs", async () => {
  await using node = await openAccounts();
  const [ada, bob, eve] = [await node.join("ada"), await node.join("bob"), await node.join("eve")];
  const { relations } = node.users;
  await allow(node, bob.token, "contacts");
  await allow(node, eve.token, "none");
  assertEquals(await relations.mayAdd(ada.id, [bob.id, eve.id, "nobody", bob.id]), []);
  await add(node, ada.token, bob.id);
  assertEquals(await relations.mayAdd(ada.id, [bob.id]), []);
  await add(node, bob.token, ada.id);
  await add(node, eve.token, ada.id);
  assertEquals(await relations.mayAdd(ada.id, [bob.id, eve.id, ada.id, bob.id]), [bob.id, ada.id]);
});
