import { assertEquals } from "@std/assert";
import { participantId, participants } from "../../src/order/records.ts";
import type { Participant } from "../../src/order/records.ts";
import { AccountsNode, openAccounts } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";
import type { Received } from "../support/http.ts";

function participant(conversationId: string, userId: string, sentCount: number, left: boolean): Participant {
  return {
    id: participantId(conversationId, userId),
    conversationId,
    userId,
    sentCount,
    left,
    rev: 1,
    role: "member",
    joinedAt: "2026-01-01T00:00:00.000Z",
    joinedRev: 1,
    memberRev: 1,
    memberAt: "2026-01-01T00:00:00.000Z",
    lastReadSeq: 0,
    lastReadAt: null,
    lastDeliveredSeq: 0,
    notifications: { enabled: true, muteUntil: null },
    hiddenSeq: null,
  };
}

function patchMe(node: AccountsNode, as: string, body: object): Promise<Received> {
  return node.client.send("PATCH /api/users/me", { as, body });
}

Deno.test("a profile changes field by field, flat or as the record has it, by either route", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  node.clock.move(5);
  const first = await patchMe(node, token, {
    profile: { bio: "नमस्ते\n👋🏽", avatar: "https://example.org/a.png" },
  });
  assertEquals(first.status, 200);
  const body = { firstName: "Augusta", website: "https://example.org", dateOfBirth: "1815-12-10" };
  const second = await node.client.send("PUT /api/auth/profile", { as: token, body });
  assertEquals(second.body.profile, {
    firstName: "Augusta",
    lastName: "Example",
    avatar: "https://example.org/a.png",
    bio: "नमस्ते\n👋🏽",
    location: null,
    website: "https://example.org",
    dateOfBirth: "1815-12-10",
    isOnline: false,
    lastSeen: null,
  });
  assertEquals(second.body.updatedAt, new Date(node.clock.now()).toISOString());
  const cleared = await patchMe(node, token, { bio: null });
  assertEquals([cleared.body.profile.bio, cleared.body.profile.firstName], [null, "Augusta"]);
  assertEquals((await node.client.send("GET /api/auth/profile", { as: token })).body, cleared.body);
});

Deno.test("two changes at once of different fields both stand", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  await Promise.all([patchMe(node, token, { bio: "a" }), patchMe(node, token, { location: "b" })]);
  const { body } = await node.client.send("GET /api/users/me", { as: token });
  assertEquals([body.profile.bio, body.profile.location], ["a", "b"]);
});

Deno.test("a profile refuses what is not of its kind, naming each field", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const wrong = {
    avatar: "javascript:alert(1)",
    website: "ftp://example.org",
    bio: "x".repeat(501),
    firstName: "",
    dateOfBirth: "1815-13-10",
    location: "a\u0000b",
    profile: { lastName: 7 },
  };
  const answer = await patchMe(node, token, wrong);
  assertProblem(answer, "invalid_request");
  const fields = answer.body.errors.map(({ field }: { field: string }) => field);
  const names = ["avatar", "bio", "dateOfBirth", "firstName", "location", "profile.lastName", "website"];
  assertEquals(fields.sort(), names);
  assertProblem(await patchMe(node, token, { avatar: "http://example.org/a.png" }), "invalid_request");
  assertEquals((await patchMe(node, token, { bio: "😀".repeat(500) })).status, 200);
});

Deno.test("nobody raises themselves", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const { body } = await patchMe(node, token, {
    role: "admin",
    isVerified: true,
    email: "x@example.org",
    id: "x",
  });
  assertEquals([body.role, body.isVerified, body.email], ["user", false, "ada@example.org"]);
});

Deno.test("a username changes, unless another has it", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  await node.join("bob");
  assertProblem(await patchMe(node, token, { username: "BOB" }), "username_taken");
  assertEquals((await patchMe(node, token, { username: "Countess" })).body.username, "countess");
  assertEquals((await node.login("countess", "correct horse of ada")).status, 200);
});

Deno.test("preferences that are not given stay", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const put = (body: object) => node.client.send("PUT /api/users/me/preferences", { as: token, body });
  await put({ theme: "dark", privacy: { allowMessages: "contacts" } });
  const { body } = await put({ emailNotifications: false, privacy: { showLastSeen: false } });
  assertEquals(body.preferences, {
    emailNotifications: false,
    pushNotifications: true,
    theme: "dark",
    privacy: { showOnlineStatus: true, allowMessages: "contacts", showLastSeen: false },
  });
  assertProblem(await put({ theme: "pink" }), "invalid_request");
  assertProblem(await put({ privacy: { allowMessages: "all" } }), "invalid_request");
});

Deno.test("stats count what the user sent, in conversations left too", async () => {
  await using node = await openAccounts();
  const ada = await node.join("ada");
  const bob = await node.join("bob");
  for (const [conversation, sent, left] of [["c1", 3, false], ["c2", 4, true]] as const) {
    await node.store.insert(participants, participant(conversation, ada.id, sent, left));
    await node.store.insert(participants, participant(conversation, bob.id, 100, left));
  }
  const { body } = await node.client.send("GET /api/users/me", { as: ada.token });
  assertEquals(body.stats, { messagesSent: 7, filesShared: 0, loginCount: 0 });
});

Deno.test("others see a card, and of presence what the user shows", async () => {
  await using node = await openAccounts();
  const ada = await node.join("ada");
  const bob = await node.join("bob");
  node.online.add(ada.id);
  await node.users.recordSeen(ada.id, "2026-01-02T00:00:00.000Z");
  await node.users.recordSeen(ada.id, "2026-01-01T00:00:00.000Z");
  const see = async () => (await node.client.send(`GET /api/users/${ada.id}`, { as: bob.token })).body;
  const card = { id: ada.id, username: "ada", firstName: "ada", lastName: "Example", avatar: null };
  assertEquals(await see(), { ...card, isOnline: true, lastSeen: "2026-01-02T00:00:00.000Z" });
  const body = { privacy: { showOnlineStatus: false, showLastSeen: false } };
  await node.client.send("PUT /api/users/me/preferences", { as: ada.token, body });
  assertEquals(await see(), card);
  assertEquals(await node.users.visible(bob.id, [ada.id]), new Map());
});

Deno.test("someone who is not there is not found", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  assertProblem(await node.client.send("GET /api/users/nobody", { as: token }), "not_found");
  assertProblem(await node.client.send("GET /api/users/a%00b", { as: token }), "invalid_request");
  assertProblem(await node.client.send("GET /api/users/%24where", { as: token }), "invalid_request");
});

Deno.test("search finds usernames by their beginning, in pages, never e-mail addresses", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  for (const name of ["zoe_1", "zoe_2", "zoe_3", "zo_e"]) await node.join(name);
  const find = async (query: string) =>
    (await node.client.send(`GET /api/users?query=${query}`, { as: token })).body;
  const names = (body: { users: { username: string }[] }) => body.users.map(({ username }) => username);
  const first = await find("ZOE_&limit=2");
  assertEquals(names(first), ["zoe_1", "zoe_2"]);
  assertEquals(names(await find(`zoe_&limit=2&cursor=${first.pagination.nextCursor}`)), ["zoe_3"]);
  assertEquals(names(await find("zoe_1@example.org")), []);
  assertEquals(names(await find("%25")), []);
  assertEquals(JSON.stringify(first).includes("@"), false);
  for (
    const query of ["", "query=", "query=a&query=b", "query=a&limit=0", "query=a&limit=51", "query=a&limit=x"]
  ) {
    assertProblem(await node.client.send(`GET /api/users?${query}`, { as: token }), "invalid_request");
  }
});

Deno.test("cards() follows a change here at once, and one on another node within a minute", async () => {
  await using node = await openAccounts();
  const other = new AccountsNode(node.store, { clock: node.clock });
  const { id, token } = await node.join("ada");
  const name = async (on: AccountsNode) =>
    (await on.users.directory.cards([id, "nobody"])).get(id)?.firstName;
  assertEquals([await name(node), await name(other)], ["ada", "ada"]);
  await patchMe(node, token, { firstName: "Augusta" });
  assertEquals(await name(node), "Augusta");
  node.clock.move(60_000);
  assertEquals(await name(other), "Augusta");
});

Deno.test("byUsernames() answers ids of those who exist", async () => {
  await using node = await openAccounts();
  const { id } = await node.join("ada");
  assertEquals(await node.users.directory.byUsernames(["ada", "nobody", "ada"]), new Map([["ada", id]]));
  assertEquals(await node.users.directory.byUsernames([]), new Map());
});
