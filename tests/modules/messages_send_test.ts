import { assert, assertEquals, assertMatch } from "@std/assert";
import { hash } from "node:crypto";
import { edit, remove } from "../../src/modules/messages/edit.ts";
import { react } from "../../src/modules/messages/reactions.ts";
import { markRead } from "../../src/modules/messages/receipts.ts";
import { send } from "../../src/modules/messages/send.ts";
import type { People } from "../../src/modules/messages/service.ts";
import { codeOf, openWorld } from "./messages_support.ts";

Deno.test("POST answers 201, the place of the message and the whole of it", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const body = { conversationId, clientId: "c1", content: { type: "text", text: "hello" } };
  const made = await world.call(ann, "POST", "", body);
  const now = "2026-01-01T00:00:00.000Z";
  assertEquals([made.status, made.location], [201, `/api/messages/${conversationId}-1`]);
  assertEquals(made.body, {
    id: `${conversationId}-1`,
    conversationId,
    seq: 1,
    rev: 1,
    senderId: ann,
    sender: { id: ann, username: "ann", firstName: "ann", lastName: "T", avatar: null },
    clientId: "c1",
    content: { type: "text", text: "hello" },
    replyTo: null,
    reactions: [],
    readBy: [],
    mentions: [],
    isPinned: false,
    pinnedAt: null,
    pinnedBy: null,
    isEdited: false,
    editedAt: null,
    isDeleted: false,
    deletedAt: null,
    createdAt: now,
    updatedAt: now,
  });
  assertEquals((await world.call(bob, "GET", `/${made.body.id}`)).body, made.body);
});

Deno.test("send() moves what the sender has received and read, and nobody else's", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  for (const text of ["one", "two"]) await world.send(ann, id, text);
  const [sender, other] = [await world.member(id, ann), await world.member(id, bob)];
  assertEquals([sender.lastReadSeq, sender.lastDeliveredSeq, sender.sentCount], [2, 2, 2]);
  assertEquals([other.lastReadSeq, other.lastDeliveredSeq], [0, 0]);
});

Deno.test("send() answers a retry with the first message, under 200", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const first = await world.call(ann, "POST", "", { conversationId, clientId: "c", content: "hi" });
  await world.send(ann, conversationId, "between");
  const content = { type: "text", text: "hi", metadata: {} };
  const retry = await world.call(ann, "POST", "", { conversationId, clientId: "c", content, replyTo: null });
  assertEquals([first.status, retry.status, retry.location], [201, 200, null]);
  assertEquals(retry.body, first.body);
  assertEquals((await world.head(conversationId)).seq, 2);
});

Deno.test("send() answers a retry with those who have read the message since", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const body = { conversationId, clientId: "c", content: "hi" };
  const { message: first } = await send(world.messages, ann, body);
  await markRead(world.messages, bob, { conversationId, seq: 1 });
  for (const node of [world.messages, world.anotherNode()]) {
    const { message } = await send(node, ann, body);
    assertEquals([first.readBy, message.readBy?.map(({ userId }) => userId)], [[], [bob]]);
  }
});

Deno.test("send() looks up anew, when another commit came first, whether one has blocked the other", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.direct(ann, bob);
  const answers = [true, false];
  const people: People = {
    cards: (ids) => world.people.cards(ids),
    byUsernames: (names) => world.people.byUsernames(names),
    async blocked() {
      // The first look is overtaken by another message.
      if (answers.length === 2) await send(world.anotherNode(), bob, { ...body, clientId: "b" });
      return answers.shift() ?? false;
    },
  };
  const body = { conversationId, clientId: "a", content: "hi" };
  const { message } = await send({ ...world.messages, people }, ann, body);
  assertEquals([message.seq, answers], [2, []]);
});

Deno.test("send() answers a retry on another node with the first message", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const body = { conversationId: await world.group(ann), clientId: "c", content: "hi" };
  const first = await send(world.messages, ann, body);
  const retry = await send(world.anotherNode(), ann, body);
  assertEquals([retry.made, retry.message], [false, first.message]);
});

Deno.test("send() answers a retry after an edit and after a deletion with the present state", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const body = { conversationId: await world.group(ann), clientId: "c", content: "before" };
  const { message: { id } } = await send(world.messages, ann, body);
  await edit(world.messages, ann, id, "after");
  const edited = await send(world.messages, ann, body);
  assertEquals([edited.made, edited.message.content.text, edited.message.isEdited], [false, "after", true]);
  await remove(world.messages, ann, id);
  const removed = await send(world.messages, ann, body);
  assertEquals([removed.made, removed.message.content.text, removed.message.isDeleted], [false, "", true]);
});

Deno.test("send() makes one message of two calls at once with one clientId, on one node or two", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const nodes = [world.messages, world.messages, world.anotherNode(), world.anotherNode()];
  const body = { conversationId, clientId: "c", content: "once" };
  const sent = await Promise.all(nodes.map((node) => send(node, ann, body)));
  assertEquals(sent.filter(({ made }) => made).length, 1);
  for (const { message } of sent) assertEquals(message, sent[0]?.message);
  assertEquals((await world.head(conversationId)).seq, 1);
});

Deno.test("send() refuses another request under a clientId that was used", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const answered = await world.send(ann, conversationId, "zero");
  const body = { conversationId, clientId: "c", content: "👍" };
  await send(world.messages, ann, body);
  const others = [{ content: "other" }, { content: { type: "emoji", text: "👍" } }, { replyTo: answered.id }];
  for (const other of others) {
    const { status, body: { code } } = await world.call(ann, "POST", "", { ...body, ...other });
    assertEquals([status, code], [409, "idempotency_conflict"]);
  }
});

Deno.test("send() lets two senders, and one sender in two conversations, use the same clientId", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const [one, two] = [await world.group(ann, bob), await world.group(ann)];
  const bodies = [[ann, one], [bob, one], [ann, two]] as const;
  const sent = await Promise.all(
    bodies.map(([user, id]) =>
      send(world.messages, user, { conversationId: id, clientId: "c", content: user })
    ),
  );
  assertEquals(sent.map(({ made }) => made), [true, true, true]);
});

Deno.test("send() numbers the messages of one turn in the order of the calls, mentions and replies among them", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  const first = await world.send(bob, id, "0");
  const texts = ["1", "2 @bob", "3", "4 @ann @bob", "5"];
  const sent = await Promise.all(
    texts.map((text, i) => world.send(ann, id, text, i === 2 ? { replyTo: first.id } : {})),
  );
  assertEquals(sent.map(({ seq, content }) => [seq, content.text]), texts.map((text, i) => [i + 2, text]));
});

Deno.test("send() finds the members whom a text mentions, and nobody else", async () => {
  await using world = await openWorld();
  const [ann, bob, cat] = ["ann", "bob", "cat"].map((name) => world.people.add(name)) as [
    string,
    string,
    string,
  ];
  const id = await world.group(ann, bob, cat);
  world.people.add("outsider");
  await world.change(id, cat, "none");
  const sent = await world.send(ann, id, "@Bob @ann @cat @outsider @nobody ann@bob.example");
  assertEquals(new Set(sent.mentions), new Set([ann, bob]));
  assertEquals((await world.send(ann, id, "nobody")).mentions, []);
});

Deno.test("send() to a direct conversation fails once either has blocked the other, but not its retries", async () => {
  for (const blocker of [0, 1] as const) {
    await using world = await openWorld();
    const pair = [world.people.add("ann"), world.people.add("bob")] as const;
    const body = { conversationId: await world.direct(...pair), clientId: "c", content: "hi" };
    const first = await send(world.messages, pair[0], body);
    world.people.block(pair[blocker], pair[1 - blocker] ?? "");
    const { status, body: problem } = await world.call(pair[0], "POST", "", { ...body, clientId: "d" });
    assertEquals([status, problem.code], [403, "forbidden"]);
    assertEquals((await send(world.messages, pair[0], body)).message, first.message);
  }
});

Deno.test("a direct conversation takes no edit and no new reaction once either has blocked the other", async () => {
  for (const blocker of [0, 1] as const) {
    await using world = await openWorld();
    const pair = [world.people.add("ann"), world.people.add("bob")] as const;
    const { id } = await world.send(pair[0], await world.direct(...pair), "hi");
    await react(world.messages, pair[0], id, { emoji: "👍", on: true });
    world.people.block(pair[blocker], pair[1 - blocker] ?? "");
    assertEquals(await codeOf(edit(world.messages, pair[0], id, "hi again")), "forbidden");
    assertEquals(await codeOf(react(world.messages, pair[0], id, { emoji: "🎉", on: true })), "forbidden");
    assertEquals((await edit(world.messages, pair[0], id, "hi")).content.text, "hi");
    assertEquals(await react(world.messages, pair[0], id, { emoji: "👍", on: false }), { reactions: [] });
  }
});

Deno.test("send() to a group takes no notice of blocks", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  world.people.block(bob, ann);
  assertEquals((await world.send(ann, id, "hi")).seq, 1);
});

Deno.test("send() quotes the answered message", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  const long = `${"𝔘".repeat(139)}xy`;
  const [asked, system] = [await world.send(ann, id, long), await world.system(ann, id)];
  const answer = await world.send(bob, id, "yes", { replyTo: asked.id });
  const quote = { id: asked.id, seq: 1, senderId: ann, type: "text", isDeleted: false };
  assertEquals(answer.replyTo, { ...quote, text: `${"𝔘".repeat(139)}x` } as typeof answer.replyTo);
  assertEquals((await world.send(bob, id, "oh", { replyTo: system.id })).replyTo?.type, "system");
});

Deno.test("send() refuses to answer what is not there, is elsewhere, was stripped or is deleted", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const [id, elsewhere] = [await world.group(ann), await world.group(ann)];
  const old = await world.send(ann, id, "old");
  const other = await world.send(ann, elsewhere, "other");
  const gone = await world.send(ann, id, "gone");
  await world.strip(id, 2);
  await remove(world.messages, ann, gone.id);
  for (const replyTo of [old.id, other.id, `${id}-99`, `${id}-0`, "nonsense"]) {
    assertEquals(await codeOf(world.send(ann, id, "x", { replyTo })), "not_found", replyTo);
  }
  assertEquals(await codeOf(world.send(ann, id, "x", { replyTo: gone.id })), "message_deleted");
});

Deno.test("send() keeps a digest that tells a text only to who knows it and its clientId", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const { id } = await world.send(ann, await world.group(ann), "secret");
  const { digest } = await world.record(id);
  assertMatch(digest, /^[\w-]{43}$/);
  assert(digest !== hash("sha256", "secret", "base64url"));
});
