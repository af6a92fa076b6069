import { assertEquals, assertRejects } from "@std/assert";
import { effect } from "@preact/signals";
import { ParleyError } from "../../src/client/mod.ts";
import type { Contact } from "../../src/client/mod.ts";
import { findGroups, findPeople } from "../../src/web/search/found.ts";
import {
  adopt,
  connection,
  conversations,
  follow,
  isPersonOnline,
  online,
  presenceOf,
} from "../../src/web/state/client.ts";
import {
  addContact,
  block,
  blockedPeople,
  contacts,
  forgetContacts,
  loadContacts,
  removeContact,
  unblock,
} from "../../src/web/state/contacts.ts";
import { closePanel, openGroupPanel, openPerson, panel } from "../../src/web/state/panel.ts";
import { partnerOf, titleOf } from "../../src/web/state/people.ts";
import { startWatching } from "../../src/web/state/watching.ts";
import { account, card, conversation, FakeClient, member } from "./fake_client.ts";

const amina = card("amina");
const bruno = card("bruno", "Bruno");
const signal = new AbortController().signal;

function contact(username: string): Contact {
  return { ...card(username), addedAt: "2026-05-04T10:20:30.000Z" };
}

/** The app's client, with a reader of this test's own: what a device keeps is there for every run of this file. */
function begin(): FakeClient {
  forgetContacts();
  const fake = new FakeClient({ user: account(crypto.randomUUID()), connection: { status: "online" } });
  adopt(fake.client);
  return fake;
}

const names = () => contacts.value.map(({ username }) => username);

Deno.test("contacts come in all their pages, and change as they are changed", async () => {
  const { world } = begin();
  const pages: Record<string, unknown> = {
    "": { contacts: [contact("bruno")], pagination: { nextCursor: "2" } },
    "2": { contacts: [contact("chiara")], pagination: { nextCursor: null } },
  };
  world.answers["GET /api/users/me/contacts"] = ({ query }: { query: { cursor?: string } }) =>
    pages[query.cursor ?? ""];
  world.answers["GET /api/users/me/blocks"] = () => ({ blocks: [bruno], pagination: { nextCursor: null } });
  world.answers["POST /api/users/me/contacts"] = () => contact("dana");
  world.answers["DELETE /api/users/me/contacts/:id"] = () => undefined;
  await loadContacts();
  assertEquals([names(), blockedPeople.value], [["bruno", "chiara"], [bruno]]);
  await addContact("u-dana");
  await addContact("u-dana");
  assertEquals(names(), ["dana", "bruno", "chiara"]);
  await removeContact("u-bruno");
  assertEquals(names(), ["dana", "chiara"]);
});

Deno.test("contacts stay as they are when the server does not answer", async () => {
  const { world } = begin();
  world.answers["POST /api/users/me/contacts"] = () => contact("dana");
  await addContact("u-dana");
  await assertRejects(() => removeContact("u-dana"), ParleyError);
  await assertRejects(loadContacts, ParleyError);
  assertEquals(names(), ["dana"]);
});

Deno.test("who was blocked is known at once, and is no longer once unblocked", async () => {
  const { world } = begin();
  world.answers["PUT /api/users/:id/block"] = () => undefined;
  world.answers["DELETE /api/users/:id/block"] = () => undefined;
  await block(bruno);
  await block(bruno);
  assertEquals(blockedPeople.value, [bruno]);
  assertEquals(world.asked.at(-1), {
    route: "PUT /api/users/:id/block",
    input: { params: { id: bruno.id } },
  });
  await unblock(bruno.id);
  assertEquals(blockedPeople.value, []);
});

Deno.test("a search leaves out the reader, and finds nothing without the server", async () => {
  const { world } = begin();
  assertEquals([await findPeople("b", signal), await findGroups("b", signal)], [[], []]);
  const self = { ...amina, id: world.user?.id ?? "" };
  world.answers["GET /api/users"] = () => ({ users: [self, bruno], pagination: {} });
  assertEquals(await findPeople("x".repeat(40), signal), [bruno]);
  const { input } = world.asked.at(-1) ?? {};
  assertEquals(
    (input as { query: { query: string } }).query.query.length,
    30,
    "more is refused by the server",
  );
});

Deno.test("follow() runs again with its own events alone", () => {
  const fake = begin();
  let [own, all] = [0, 0];
  const stops = [
    effect(() => void (follow("messages", "a"), own++)),
    effect(() => void (conversations(), all++)),
  ];
  fake.emit("messages", { id: "b" });
  fake.emit("typing", { conversationId: "a" });
  assertEquals([own, all], [1, 1]);
  fake.emit("messages", { id: "a" });
  fake.emit("conversations");
  assertEquals([own, all], [2, 2]);
  for (const stop of stops) stop();
});

Deno.test("the line is as the client says", () => {
  const fake = begin();
  assertEquals(online.value, true);
  fake.world.connection = { status: "waiting", retryAt: 0, attempt: 1, reason: "closed" };
  fake.emit("connection", fake.world.connection);
  assertEquals([online.value, connection.value.status], [false, "waiting"]);
});

Deno.test("what the server once said of someone counts while the line is up, until it tells of a change", () => {
  const fake = begin();
  const found = { id: bruno.id, isOnline: true };
  assertEquals(isPersonOnline(found), true);
  fake.world.presence.set(bruno.id, { isOnline: false, lastSeen: null });
  fake.emit("presence", { userId: bruno.id });
  assertEquals(isPersonOnline(found), false);
});

Deno.test("who is there is unknown while the line is down, and until it is told over the next one", () => {
  const fake = begin();
  fake.world.presence.set(bruno.id, { isOnline: true, lastSeen: null });
  fake.emit("presence", { userId: bruno.id });
  const seen: (boolean | undefined)[] = [];
  const stop = effect(() => void seen.push(presenceOf(bruno.id)?.isOnline));
  fake.emit("connection", { status: "offline" });
  assertEquals(isPersonOnline({ id: bruno.id, isOnline: true }), undefined);
  fake.emit("connection", { status: "online" });
  fake.emit("presence", { userId: bruno.id });
  assertEquals(seen, [true, undefined, undefined, true]);
  stop();
});

Deno.test("a direct conversation is called after the other one, a group by its name", () => {
  const { world } = begin();
  const self = member({ ...amina, id: world.user?.id ?? "" });
  const direct = conversation("d", [self, member(bruno)], { type: "direct", name: null });
  assertEquals([titleOf(direct), partnerOf(direct)?.userId], ["Bruno Example", bruno.id]);
  assertEquals(titleOf(conversation("d", [self], { type: "direct" })), "Someone");
  assertEquals(titleOf(conversation("g", [], { name: null })), "Unnamed group");
  assertEquals(partnerOf(conversation("g", [self, member(bruno)])), undefined);
});

Deno.test("those of direct conversations and contacts are watched, each set once, only while there is a line", () => {
  const fake = begin();
  const watched: string[][] = [];
  fake.watchPresence = (ids?: readonly string[]) => {
    watched.push([...ids ?? []]);
    return Promise.resolve();
  };
  const self = member({ ...amina, id: fake.user?.id ?? "" });
  fake.world.conversations = [conversation("d", [self, member(bruno)], { type: "direct" })];
  const stop = startWatching();
  fake.emit("conversations");
  fake.emit("conversations");
  assertEquals(watched, [[bruno.id]]);
  fake.emit("connection", { status: "offline" });
  const chiara = card("chiara");
  fake.world.conversations = [
    ...fake.world.conversations,
    conversation("e", [self, member(chiara)], { type: "direct" }),
  ];
  fake.emit("conversations");
  assertEquals(watched.length, 1);
  fake.emit("connection", { status: "online" });
  assertEquals(watched, [[bruno.id], [bruno.id, chiara.id]]);
  stop();
});

Deno.test("one panel is open at a time", () => {
  openGroupPanel("g");
  openPerson("p");
  assertEquals(panel.value, { kind: "person", userId: "p" });
  closePanel();
  assertEquals(panel.value, undefined);
});
