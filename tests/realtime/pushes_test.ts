import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import { connect, connectLive } from "../support/socket.ts";
import type { Received } from "../support/socket.ts";

Deno.test("every change of a message is pushed to every connection of every member, with the whole message", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using phone = await connectLive(server.url, ben);
  using laptop = await connectLive(server.url, ben);
  using own = await connectLive(server.url, ann);
  const message = await server.send(ann, id, "one");
  const path = `/api/messages/${message.id}`;
  await server.ok(ann, `PUT ${path}`, { content: "two" });
  await server.ok(ben, `POST ${path}/reactions`, { emoji: "👍", on: true });
  await server.ok(ann, `PUT ${path}/pin`);
  await server.ok(ann, `DELETE ${path}/pin`);
  await server.ok(ann, `DELETE ${path}`);
  const events = [
    ...[
      "new_message",
      "message_edited",
      "reaction_updated",
      "message_pinned",
      "message_pinned",
      "message_deleted",
    ],
  ];
  for (const socket of [phone, laptop, own]) {
    const pushes: Received[] = [];
    for (const event of events) pushes.push(await socket.next(event));
    assertEquals(pushes.map(({ rev }) => rev), events.map((_, n) => message.rev + n));
    for (const push of pushes) {
      assertEquals([push.conversationId, push.data.id, push.data.rev], [id, message.id, push.rev]);
      assertEquals(push.data.sender.username, "ann");
    }
    const [, edited, reacted, pinned, unpinned, deleted] = pushes.map(({ data }) => data);
    assertEquals([edited.content.text, edited.isEdited], ["two", true]);
    assertEquals(reacted.reactions.map(({ userId }: { userId: string }) => userId), [ben.id]);
    assertEquals([pinned.isPinned, pinned.pinnedBy, unpinned.isPinned], [true, ann.id, false]);
    assertEquals(deleted, (await server.history(ben, id)).at(-1));
    assertEquals([deleted.isDeleted, deleted.content, deleted.reactions], [
      true,
      { type: "text", text: "" },
      [],
    ]);
    assertEquals(socket.unseen, []);
  }
});

Deno.test("the sender's own connection gets its ack and the push, matched by clientId", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const { message } = await socket.do("send_message", { conversationId, clientId: "mine", content: "hi" });
  const push = await socket.next("new_message");
  assertEquals([push.data, push.data.clientId, push.rev], [message, "mine", message.rev]);
});

Deno.test("a retry over the socket is answered with the message as it now is, and pushes nothing", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const data = { conversationId, clientId: "once", content: "first" };
  const { message } = await socket.do("send_message", data);
  await socket.do("edit_message", { messageId: message.id, text: "edited" });
  const retried = (await socket.do("send_message", data)).message;
  assertEquals([retried.id, retried.seq, retried.content.text], [message.id, message.seq, "edited"]);
  assertEquals(await socket.code("send_message", { ...data, content: "other" }), "idempotency_conflict");
  await socket.caughtUp();
  assertEquals(socket.unseen, ["new_message", "message_edited"]);
});

Deno.test("the socket's commands answer and push as their REST routes do", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const { id: messageId } = await server.send(ann, id, "one");
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  assertEquals((await b.do("add_reaction", { messageId, emoji: "🎉" })).reactions[0].emoji, "🎉");
  assertEquals((await a.next("reaction_updated")).data.reactions.length, 1);
  assertEquals((await b.do("add_reaction", { messageId, emoji: "🎉", on: true })).reactions.length, 1);
  assertEquals((await b.do("add_reaction", { messageId, emoji: "🎉" })).reactions, []);
  assertEquals((await a.do("edit_message", { messageId, text: "two" })).message.content.text, "two");
  assertEquals(await b.code("edit_message", { messageId, text: "no" }), "forbidden");
  assertEquals(await b.code("delete_message", { messageId }), "forbidden");
  assertEquals(await a.do("delete_message", { messageId }), {});
  assertEquals((await b.next("message_deleted")).data.id, messageId);
  assertEquals(await a.code("edit_message", { messageId, text: "late" }), "message_deleted");
});

Deno.test("commands of one connection take effect in the order sent, whatever they are", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const { seq } = (await socket.do("send_message", { conversationId, clientId: "0", content: "0" })).message;
  const messageId = `${conversationId}-${seq}`;
  const next = `${conversationId}-${seq + 1}`;
  const lines = [
    { id: "a", event: "edit_message", data: { messageId, text: "edited" } },
    { id: "b", event: "send_message", data: { conversationId, clientId: "1", content: "1" } },
    { id: "c", event: "edit_message", data: { messageId: next, text: "1, edited" } },
    { id: "d", event: "add_reaction", data: { messageId: next, emoji: "👍" } },
    { id: "e", event: "delete_message", data: { messageId } },
    { id: "f", event: "send_message", data: { conversationId, clientId: "2", content: "2", replyTo: next } },
  ];
  socket.raw(lines.map((line) => JSON.stringify(line)).join("\n"));
  for (const { id } of lines) assertEquals((await socket.answer(id)).event, "ack", id);
  await socket.next("new_message", ({ data }) => data.clientId === "2");
  const pushes = socket.received.filter(({ event }) => /^new_message$|^message_|^reaction_/.test(event));
  assertEquals(pushes.map(({ event }) => event), [
    ...["new_message", "message_edited", "new_message", "message_edited"],
    ...["reaction_updated", "message_deleted", "new_message"],
  ]);
  const revs = pushes.map(({ rev }) => rev);
  assertEquals(revs, revs.map((_, index) => revs[0] + index));
});

Deno.test("a new conversation is told to those who are in it, and its messages follow", async () => {
  await using server = await startServer();
  const [ann, ben, cyd] = await server.users("ann", "ben", "cyd");
  using b = await connectLive(server.url, ben);
  using c = await connectLive(server.url, cyd);
  const id = await server.group(ann, [ben]);
  const added = await b.next("conversation_added");
  assertEquals([added.conversationId, added.data.conversation.id, added.data.conversation.role], [
    id,
    id,
    "member",
  ]);
  const { rev } = await server.send(ann, id, "welcome");
  assertEquals((await b.next("new_message", ({ data }) => data.content.text === "welcome")).rev, rev);
  await c.caughtUp();
  assertEquals(c.unseen, []);
});

Deno.test("a change of the conversation is told to its members, each as they see it", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.ok(ann, `PATCH /api/conversations/${id}`, { name: "Coffee" });
  for (const [socket, role] of [[a, "admin"], [b, "member"]] as const) {
    const { data, rev } = await socket.next("conversation_updated");
    assertEquals([data.conversation.name, data.conversation.role], ["Coffee", role]);
    const system = await socket.next("new_message");
    assertEquals(system.data.content.metadata.systemType, "name_changed");
    assert(system.rev > rev);
    assertEquals(socket.unseen, []);
  }
});

Deno.test("a client that asks by rev gets what changed while it was away, and then what comes", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const { rev } = await server.send(ann, id, "seen");
  await server.send(ann, id, "missed");
  using socket = await connect(server.url, ben);
  const resuming = socket.resume({ [id]: rev });
  await server.send(ann, id, "meanwhile");
  await resuming;
  await server.send(ann, id, "live");
  const texts: string[] = [];
  while (texts.at(-1) !== "live") {
    const [event = ""] = socket.unseen;
    const { data } = await socket.next(event || "new_message");
    const messages = data.changes ?? [data];
    texts.push(...messages.map((message: { content: { text: string } }) => message.content.text));
  }
  assertEquals(texts, ["missed", "meanwhile", "live"]);
});
