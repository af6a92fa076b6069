import { assertEquals } from "@std/assert";
import { edit, EDIT_WINDOW_MS, remove } from "../../src/modules/messages/edit.ts";
import { pin } from "../../src/modules/messages/pins.ts";
import { react } from "../../src/modules/messages/reactions.ts";
import type { World } from "./messages_support.ts";
import { codeOf, openWorld, testUploads } from "./messages_support.ts";

async function pair(world: World): Promise<[ann: string, bob: string, conversationId: string]> {
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  return [ann, bob, await world.group(ann, bob)];
}

Deno.test("PUT gives a message another text and answers word for word", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await pair(world);
  const sent = await world.send(bob, conversationId, "hi @ann");
  world.clock.pass(60_000);
  const { status, body } = await world.call(bob, "PUT", `/${sent.id}`, { content: { text: " مرحبا @bob " } });
  const now = "2026-01-01T00:01:00.000Z";
  const changed = { rev: 2, mentions: [bob], isEdited: true, editedAt: now, updatedAt: now };
  const data = { ...sent, ...changed, content: { type: "text", text: " مرحبا @bob " } };
  assertEquals([status, body], [200, { message: "Message updated successfully", data }]);
  assertEquals((await world.call(ann, "GET", `/${sent.id}`)).body, data);
  assertEquals(world.hints.at(-1)?.changes.map(({ event }) => event), ["message_edited"]);
});

Deno.test("PUT takes a bare string", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, "🎉");
  const { body } = await world.call(bob, "PUT", `/${id}`, { content: "party" });
  assertEquals(body.data.content, { type: "text", text: "party" });
  assertEquals((await edit(world.messages, bob, id, "🎉")).content, { type: "emoji", text: "🎉" });
});

/** What a claim answers. */
const A_PICTURE = { metadata: { imageUrl: "/u" }, until: Infinity };

Deno.test("edit() leaves a picture a picture", async () => {
  await using world = await openWorld({ uploads: testUploads(() => Promise.resolve(A_PICTURE)) });
  const [, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, { type: "image", metadata: { uploadId: "u" } });
  const { content } = await edit(world.messages, bob, id, "🎉");
  assertEquals(content, { type: "image", text: "🎉", metadata: { imageUrl: "/u" } });
});

Deno.test("edit() with the same text changes nothing", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await pair(world);
  const sent = await world.send(bob, conversationId, "same");
  assertEquals(await edit(world.messages, bob, sent.id, "same"), sent);
  assertEquals((await world.head(conversationId)).rev, 1);
});

Deno.test("edit() is possible for 15 minutes and no longer", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, "one");
  world.clock.pass(EDIT_WINDOW_MS);
  assertEquals((await edit(world.messages, bob, id, "two")).content.text, "two");
  world.clock.pass(1);
  const { status, body } = await world.call(bob, "PUT", `/${id}`, { content: "three" });
  assertEquals([EDIT_WINDOW_MS, status, body.code], [900_000, 400, "message_too_old"]);
  assertEquals((await world.record(id)).content.text, "two");
});

Deno.test("edit() is for the sender alone, and not for system messages", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await pair(world);
  const [sent, system] = [
    await world.send(bob, conversationId, "x"),
    await world.system(ann, conversationId),
  ];
  assertEquals(await codeOf(edit(world.messages, ann, sent.id, "y")), "forbidden");
  assertEquals(await codeOf(edit(world.messages, ann, system.id, "y")), "forbidden");
});

Deno.test("edit() takes texts of 1 to 8,000 code points", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, "x");
  assertEquals((await edit(world.messages, bob, id, "𝔘".repeat(8_000))).isEdited, true);
  for (const text of ["", "𝔘".repeat(8_001)]) {
    assertEquals(await codeOf(edit(world.messages, bob, id, text)), "invalid_request");
  }
});

Deno.test("DELETE leaves the place and nothing of the content, everywhere", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await pair(world);
  const sent = await world.send(bob, conversationId, "secret @ann");
  const answer = await world.send(ann, conversationId, "what?", { replyTo: sent.id });
  await react(world.messages, ann, sent.id, { emoji: "👍" });
  await pin(world.messages, ann, sent.id, true);
  const answered = await world.call(bob, "DELETE", `/${sent.id}`);
  assertEquals([answered.status, answered.body], [200, { message: "Message deleted successfully" }]);
  const now = "2026-01-01T00:00:00.000Z";
  const blank = {
    ...sent,
    rev: 5,
    content: { type: "text", text: "" },
    reactions: [],
    mentions: [],
    replyTo: null,
    isDeleted: true,
    deletedAt: now,
    readBy: [{ userId: ann, readAt: now }],
  };
  assertEquals((await world.call(ann, "GET", `/${sent.id}`)).body, blank);
  const { body } = await world.call(ann, "GET", `/conversation/${conversationId}?after=0`);
  assertEquals(body.messages[0], blank);
  assertEquals(body.messages[1].replyTo, {
    id: sent.id,
    seq: 1,
    senderId: bob,
    type: "text",
    text: "",
    isDeleted: true,
  });
  assertEquals((await world.call(ann, "GET", `/${answer.id}`)).body.replyTo.text, "");
  const stored = JSON.stringify([await world.record(sent.id), world.hints.at(-1)]);
  assertEquals([stored.includes("secret"), stored.includes("👍")], [false, false]);
});

Deno.test("DELETE of a deleted message answers alike and changes nothing", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, "x");
  const first = await world.call(bob, "DELETE", `/${id}`);
  assertEquals(await world.call(bob, "DELETE", `/${id}`), first);
  assertEquals((await world.head(conversationId)).rev, 2);
});

Deno.test("remove() is for the sender and a group's admins and moderators", async () => {
  await using world = await openWorld();
  const users = ["admin", "moderator", "member", "sender"].map((name) => world.people.add(name));
  const [admin = "", moderator = "", member = "", sender = ""] = users;
  const conversationId = await world.group(admin, moderator, member, sender);
  await world.change(conversationId, moderator, "moderator");
  for (
    const [userId, code] of [[admin, "no error"], [moderator, "no error"], [member, "forbidden"], [
      sender,
      "no error",
    ]]
  ) {
    const { id } = await world.send(sender, conversationId, "x");
    assertEquals(await codeOf(remove(world.messages, userId ?? "", id)), code);
  }
});

Deno.test("remove() in a direct conversation is for the sender alone", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const { id } = await world.send(ann, await world.direct(ann, bob), "x");
  assertEquals(await codeOf(remove(world.messages, bob, id)), "forbidden");
  assertEquals(await codeOf(remove(world.messages, ann, id)), "no error");
});

Deno.test("system messages are not edited, deleted, reacted to or pinned by anyone", async () => {
  await using world = await openWorld();
  const [ann, , conversationId] = await pair(world);
  const { id } = await world.system(ann, conversationId);
  const answers = [
    await world.call(ann, "PUT", `/${id}`, { content: "x" }),
    await world.call(ann, "DELETE", `/${id}`),
    await world.call(ann, "POST", `/${id}/reactions`, { emoji: "👍" }),
    await world.call(ann, "PUT", `/${id}/pin`),
    await world.call(ann, "DELETE", `/${id}/pin`),
  ];
  assertEquals(answers.map(({ body }) => body.code), Array(5).fill("forbidden"));
  assertEquals((await world.head(conversationId)).rev, 1);
});

Deno.test("a deleted message is not edited, reacted to or pinned", async () => {
  await using world = await openWorld();
  const [ann, , conversationId] = await pair(world);
  const { id } = await world.send(ann, conversationId, "x");
  await remove(world.messages, ann, id);
  const answers = [
    await world.call(ann, "PUT", `/${id}`, { content: "y" }),
    await world.call(ann, "POST", `/${id}/reactions`, { emoji: "👍" }),
    await world.call(ann, "POST", `/${id}/reactions`, { emoji: "👍", on: false }),
    await world.call(ann, "PUT", `/${id}/pin`),
  ];
  assertEquals(
    answers.map(({ status, body }) => `${status} ${body.code}`),
    Array(4).fill("400 message_deleted"),
  );
});

Deno.test("an edit and a deletion at once end in a deleted, blank message, whichever comes first", async () => {
  for (const editFirst of [true, false]) {
    await using world = await openWorld();
    const [ann, bob, conversationId] = await pair(world);
    const { id } = await world.send(bob, conversationId, "one");
    const [here, there] = [world.messages, world.anotherNode()];
    const doEdit = () => codeOf(edit(here, bob, id, "two"));
    const doRemove = () => codeOf(remove(there, ann, id));
    const codes = await Promise.all(editFirst ? [doEdit(), doRemove()] : [doRemove(), doEdit()]);
    const { isDeleted, content } = await world.record(id);
    assertEquals([isDeleted, content.text], [true, ""]);
    const edited = codes[editFirst ? 0 : 1] === "no error";
    assertEquals([...codes].sort(), edited ? ["no error", "no error"] : ["message_deleted", "no error"]);
    assertEquals((await world.head(conversationId)).rev, edited ? 3 : 2);
  }
});

Deno.test("PUT and DELETE of a pin answer the message, and change nothing twice", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await pair(world);
  const sent = await world.send(bob, conversationId, "x");
  const now = "2026-01-01T00:00:00.000Z";
  const pinned = { ...sent, rev: 2, isPinned: true, pinnedAt: now, pinnedBy: ann };
  for (const _ of [1, 2]) {
    const { status, body } = await world.call(ann, "PUT", `/${sent.id}/pin`);
    assertEquals([status, body], [200, pinned]);
  }
  for (const _ of [1, 2]) {
    const { status, body } = await world.call(ann, "DELETE", `/${sent.id}/pin`);
    assertEquals([status, body], [200, { ...sent, rev: 3 }]);
  }
  assertEquals(world.hints.map(({ changes }) => changes[0]?.event), [
    "new_message",
    "message_pinned",
    "message_pinned",
  ]);
});

Deno.test("pin() is for a group's admins and moderators, and for both in a direct conversation", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await pair(world);
  const { id } = await world.send(bob, conversationId, "x");
  assertEquals(await codeOf(pin(world.messages, bob, id, true)), "forbidden");
  await world.change(conversationId, bob, "moderator");
  assertEquals((await pin(world.messages, bob, id, true)).pinnedBy, bob);
  const direct = await world.send(ann, await world.direct(ann, bob), "x");
  assertEquals((await pin(world.messages, bob, direct.id, true)).pinnedBy, bob);
  assertEquals((await pin(world.messages, ann, direct.id, false)).pinnedBy, null);
});
