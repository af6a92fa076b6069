import { assertEquals } from "@std/assert";
import { messages, participants } from "../../src/order/records.ts";
import { TestClock } from "../support/http.ts";
import { startServer } from "../support/server.ts";
import { connect, connectLive } from "../support/socket.ts";

Deno.test("a removed member is told so, and gets nothing that is later", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.call(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  const { rev } = await b.next("conversation_removed");
  await server.send(ann, id, "without him");
  await a.next("new_message", ({ data }) => data.content.text === "without him");
  await b.caughtUp();
  assertEquals(b.unseen, []);
  assertEquals((await a.next("conversation_updated")).rev, rev);
  assertEquals(
    await b.code("send_message", { conversationId: id, clientId: "1", content: "hi" }),
    "not_found",
  );
});

Deno.test("a removal that many wait for is told to each of the removed user's connections alone", async () => {
  await using server = await startServer();
  const [ann, ben, cyd] = await server.users("ann", "ben", "cyd");
  const id = await server.group(ann, [ben, cyd]);
  using b1 = await connectLive(server.url, ben);
  using b2 = await connectLive(server.url, ben);
  using c = await connectLive(server.url, cyd);
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  const { data, rev } = await c.next("conversation_updated");
  assertEquals(data.participants, { added: [], removed: [ben.id], changed: [] });
  assertEquals(data.conversation.participantCount, 2);
  for (const socket of [b1, b2]) assertEquals((await socket.next("conversation_removed")).rev, rev);
  assertEquals((await c.next("new_message")).data.content.metadata.systemType, "user_left");
});

Deno.test("who is taken in again has the conversation again, with all that was said meanwhile", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ben);
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  await socket.next("conversation_removed");
  const { seq } = await server.send(ann, id, "behind his back");
  await server.ok(ann, `POST /api/conversations/${id}/participants`, { userId: ben.id });
  const { data } = await socket.next("conversation_added");
  assertEquals(data.conversation.seq >= seq, true);
  const { rev } = await server.send(ann, id, "welcome back");
  assertEquals(
    (await socket.next("new_message", ({ data }) => data.content.text === "welcome back")).rev,
    rev,
  );
  assertEquals(
    (await server.history(ben, id)).some(({ content }) => content.text === "behind his back"),
    true,
  );
});

Deno.test("who was taken out while away is told at resume, and gets nothing", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const { rev } = await server.send(ann, id, "before");
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  await server.send(ann, id, "after");
  using socket = await connect(server.url, ben);
  await socket.resume({ [id]: rev });
  assertEquals(socket.unseen, ["conversation_removed"]);
});

Deno.test("a role is told as a change of the member", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ben);
  await server.ok(ann, `PATCH /api/conversations/${id}/participants/${ben.id}`, { role: "moderator" });
  const { data } = await socket.next("conversation_updated");
  assertEquals(data.participants.changed.map((p: { userId: string; role: string }) => [p.userId, p.role]), [
    [ben.id, "moderator"],
  ]);
  assertEquals(data.conversation.role, "moderator");
});

Deno.test("the end of a group is told to all its members", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.ok(ann, `DELETE /api/conversations/${id}`);
  for (const socket of [a, b]) {
    assertEquals((await socket.next("conversation_removed")).conversationId, id);
    assertEquals(await socket.code("join_conversation", { conversationId: id }), "not_found");
    assertEquals(socket.unseen, []);
  }
});

Deno.test("a hidden direct conversation says nothing to who hid it, until its next message brings it back", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.direct(ann, ben);
  const first = await server.send(ann, id, "first");
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.ok(ann, `DELETE /api/conversations/${id}`);
  assertEquals((await a.next("conversation_removed")).conversationId, id);
  await server.ok(ben, `POST /api/messages/${first.id}/reactions`, { emoji: "👍" });
  await b.next("reaction_updated");
  const second = await server.send(ben, id, "second");
  const added = await a.next("conversation_added");
  const push = await a.next("new_message");
  assertEquals([added.conversationId, push.rev, push.data.id], [id, second.rev, second.id]);
  assertEquals(added.rev < push.rev, true);
  assertEquals(added.data.conversation.lastMessage.content, "second");
  assertEquals((await b.next("new_message")).rev, second.rev);
  await server.ok(ben, `POST /api/messages/${first.id}/reactions`, { emoji: "🎉" });
  assertEquals((await a.next("reaction_updated")).data.id, first.id);
  assertEquals([a.unseen, b.unseen], [[], ["reaction_updated"]]);
});

Deno.test("a hidden direct conversation says nothing when retention strips it, either", async () => {
  const clock = new TestClock();
  const env = { HEARTBEAT_MS: "600000", MESSAGE_RETENTION_DAYS: "1" };
  await using server = await startServer({ clock, env });
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.direct(ann, ben);
  const old = await server.send(ben, id, "long ago");
  await server.store.patch(messages, old.id, { set: { createdAt: "2026-01-01T00:00:00.000Z" } });
  const kept = await server.send(ben, id, "today");
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.ok(ann, `DELETE /api/conversations/${id}`);
  await a.next("conversation_removed");
  clock.move(60_000);
  assertEquals((await b.next("conversation_updated")).data.conversation.firstSeq, kept.seq);
  await a.caughtUp();
  assertEquals(a.unseen, []);
  await server.send(ben, id, "again");
  assertEquals((await a.next("conversation_added")).data.conversation.firstSeq, kept.seq);
});

Deno.test("a conversation that was hidden is not among those that resume tells, and comes back live", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.direct(ann, ben);
  const { rev } = await server.send(ann, id, "first");
  await server.ok(ann, `DELETE /api/conversations/${id}`);
  using fresh = await connect(server.url, ann);
  await fresh.resume();
  using returning = await connect(server.url, ann);
  await returning.resume({ [id]: rev });
  assertEquals([fresh.unseen, returning.unseen], [[], ["conversation_removed"]]);
  const second = await server.send(ben, id, "second");
  for (const socket of [fresh, returning]) {
    await socket.next("conversation_added");
    assertEquals((await socket.next("new_message")).rev, second.rev);
  }
});

Deno.test("who is taken in again while it is read that it is no member has the conversation", async () => {
  let holding = false;
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using server = await startServer({
    clock: new TestClock(),
    wrap: (store) =>
      new Proxy(store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== "function") return value;
          if (key !== "find") return value.bind(target);
          return async (...args: unknown[]) => {
            const answer: unknown = await value.apply(target, args);
            const empty = Array.isArray(answer) && answer.length === 0;
            if (!holding || args[0] !== participants || !empty) return answer;
            holding = false;
            reached.resolve();
            await go.promise;
            return answer;
          };
        },
      }),
  });
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using _witness = await connectLive(server.url, ann);
  using socket = await connectLive(server.url, ben);
  holding = true;
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  await socket.next("conversation_removed");
  await reached.promise;
  await server.ok(ann, `POST /api/conversations/${id}/participants`, { userId: ben.id });
  go.resolve();
  assertEquals((await socket.next("conversation_added")).conversationId, id);
  const { rev } = await server.send(ann, id, "welcome back");
  assertEquals(
    (await socket.next("new_message", ({ data }) => data.content.text === "welcome back")).rev,
    rev,
  );
});
