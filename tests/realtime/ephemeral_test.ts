import { assert, assertEquals } from "@std/assert";
import { participants } from "../../src/order/records.ts";
import { TestClock } from "../support/http.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { TestUser } from "../support/rest.ts";
import { connect, connectLive } from "../support/socket.ts";
import type { TestSocket } from "../support/socket.ts";

/** What came and was not asked for; who comes online is told to some of these sockets too, at a time of its own. */
function unasked({ unseen }: TestSocket): string[] {
  return unseen.filter((event) => event !== "user_online");
}

/** Opens a socket that has a conversation open. */
async function opened(server: TestServer, user: TestUser, conversationId: string): Promise<TestSocket> {
  const socket = await connectLive(server.url, user);
  await socket.do("join_conversation", { conversationId });
  socket.forget();
  return socket;
}

Deno.test("join_conversation tells where the conversation stands, and who is there and how far they are", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  const { seq, rev } = await server.send(ann, conversationId, "hi");
  using a = await connectLive(server.url, ann);
  const answer = await a.ask("join_conversation", { conversationId });
  assertEquals([answer.event, answer.conversationId, answer.rev], [
    "joined_conversation",
    conversationId,
    rev,
  ]);
  assertEquals(answer.data.seq, seq);
  const read = answer.data.participants.map((p: Record<string, unknown>) => [p.userId, p.lastReadSeq]);
  assertEquals(read.toSorted(), [[ann.id, seq], [ben.id, 0]].toSorted());
  assert(
    answer.data.participants.every((p: Record<string, unknown>) => typeof p.lastDeliveredSeq === "number"),
  );
  const online = answer.data.presence.map((
    { userId, isOnline }: Record<string, unknown>,
  ) => [userId, isOnline]);
  assertEquals(online.toSorted(), [[ann.id, true], [ben.id, false]].toSorted());
});

Deno.test("a user's first connection that opens a conversation is told, and the last that closes it", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using a = await opened(server, ann, conversationId);
  using phone = await opened(server, ben, conversationId);
  assertEquals((await a.next("user_joined")).data, { userId: ben.id });
  const laptop = await opened(server, ben, conversationId);
  await phone.do("leave_conversation", { conversationId });
  await a.caughtUp();
  assertEquals([a, phone, laptop].flatMap(unasked), []);
  await laptop.end();
  assertEquals((await a.next("user_left")).data, { userId: ben.id });
});

Deno.test("receipts go to the user's own other connections, and to those that have the conversation open", async () => {
  await using server = await startServer();
  const [ann, ben, cyd] = await server.users("ann", "ben", "cyd");
  const conversationId = await server.group(ann, [ben, cyd]);
  const { seq } = await server.send(ann, conversationId, "hi");
  using a = await opened(server, ann, conversationId);
  using c = await connectLive(server.url, cyd);
  using phone = await opened(server, ben, conversationId);
  using laptop = await connectLive(server.url, ben);
  using greeted = await connect(server.url, ben);
  a.forget();
  await phone.do("mark_delivered", { conversationId, seq });
  await phone.do("mark_read", { conversationId, seq });
  for (const socket of [a, laptop]) {
    for (const event of ["messages_delivered", "messages_read"]) {
      const push = await socket.next(event);
      assertEquals([push.conversationId, push.rev, push.data], [conversationId, undefined, {
        userId: ben.id,
        seq,
      }]);
    }
  }
  await phone.do("mark_read", { conversationId, seq: 1 });
  assertEquals(await phone.code("mark_read", { conversationId, seq: seq + 1 }), "beyond_head");
  assertEquals(await phone.code("mark_delivered", { conversationId, seq: seq + 1 }), "beyond_head");
  for (const socket of [a, c, phone, laptop, greeted]) {
    await socket.caughtUp();
    assertEquals(unasked(socket), []);
  }
  const { lastReadSeq, unread } = await server.ok(ben, `GET /api/conversations/${conversationId}`);
  assertEquals([lastReadSeq, unread], [seq, 0]);
});

Deno.test("a receipt given over REST reaches all of the user's connections", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  const { seq } = await server.send(ann, conversationId, "hi");
  using socket = await connectLive(server.url, ben);
  await server.ok(ben, "POST /api/messages/mark-read", { conversationId, seq });
  assertEquals((await socket.next("messages_read")).data, { userId: ben.id, seq });
});

Deno.test("who types is told to the others once a second at most, and no more after 6 s of silence", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using a = await opened(server, ann, conversationId);
  using b = await opened(server, ben, conversationId);
  a.forget();
  for (let n = 0; n < 5; n++) b.tell("typing_start", { conversationId });
  assertEquals((await a.next("user_typing")).data, { userId: ben.id, isTyping: true });
  b.tell("typing_stop", { conversationId });
  b.tell("typing_start", { conversationId });
  b.tell("typing_stop", { conversationId });
  await b.caughtUp();
  await a.caughtUp();
  assertEquals(unasked(a), []);
  clock.move(1_000);
  assertEquals((await a.next("user_typing")).data, { userId: ben.id, isTyping: false });
  clock.move(1_000);
  b.tell("typing_start", { conversationId });
  assertEquals((await a.next("user_typing")).data.isTyping, true);
  clock.move(5_999);
  await a.caughtUp();
  assertEquals(unasked(a), []);
  clock.move(1);
  assertEquals((await a.next("user_typing")).data, { userId: ben.id, isTyping: false });
  await b.caughtUp();
  assertEquals(unasked(b), []);
});

Deno.test("a user is online from the first connection on, and offline 3 s after the last", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const [ann, ben] = await server.users("ann", "ben");
  await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  const watched = await a.do("watch_presence", { userIds: [ben.id, ann.id, "nobody"] });
  const seen = watched.presence.map(({ userId, isOnline }: Record<string, unknown>) => [userId, isOnline]);
  assertEquals(seen.includes(undefined), false);
  assert(seen.some(([userId, isOnline]: unknown[]) => userId === ben.id && isOnline === false));
  const first = await connect(server.url, ben);
  assertEquals((await a.next("user_online")).data, { userId: ben.id });
  const second = await connect(server.url, ben);
  await first.end();
  await second.end();
  const back = await restless(server, clock, ben);
  clock.move(3_000);
  await a.caughtUp();
  assertEquals(a.unseen, []);
  await back.end();
  await gone(server, ben);
  clock.move(3_000);
  const { data } = await a.next("user_offline");
  assertEquals([data.userId, data.lastSeen], [ben.id, new Date(clock.now()).toISOString()]);
});

/** Comes back within 3 s of having gone. */
async function restless(server: TestServer, clock: TestClock, user: TestUser): Promise<TestSocket> {
  await gone(server, user);
  clock.move(2_999);
  return await connect(server.url, user);
}

/** Waits until the server has heard that all of a user's sockets have ended: its own profile says so. */
async function gone(server: TestServer, user: TestUser): Promise<void> {
  while ((await server.ok(user, "GET /api/users/me")).profile.isOnline);
}

Deno.test("presence is not told across a block, also to those who watched before", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const [ann, ben, cyd] = await server.users("ann", "ben", "cyd");
  const conversationId = await server.group(ann, [ben, cyd]);
  using a = await opened(server, ann, conversationId);
  using c = await opened(server, cyd, conversationId);
  await a.do("watch_presence", { userIds: [ben.id] });
  await server.ok(ben, `PUT /api/users/${ann.id}/block`);
  const b = await connectLive(server.url, ben);
  await c.next("user_online", ({ data }) => data.userId === ben.id);
  await b.end();
  await gone(server, ben);
  clock.move(3_000);
  await c.next("user_offline", ({ data }) => data.userId === ben.id);
  await a.caughtUp();
  assertEquals(a.unseen.filter((event) => event === "user_offline"), []);
});

Deno.test("who hides that it is online is told to nobody", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  await server.ok(ben, "PUT /api/users/me/preferences", {
    privacy: { showOnlineStatus: false, showLastSeen: false },
  });
  using a = await opened(server, ann, conversationId);
  using _b = await connectLive(server.url, ben);
  const { presence } = await a.do("watch_presence", { userIds: [ben.id] });
  assertEquals(presence, [{ userId: ben.id, isOnline: false }]);
  assertEquals(a.unseen, []);
});

Deno.test("only contacts and people of one's conversations can be watched, 200 at most", async () => {
  await using server = await startServer();
  const [ann, ben, cyd, dan] = await server.users("ann", "ben", "cyd", "dan");
  await server.group(ann, [ben]);
  await server.ok(ann, "POST /api/users/me/contacts", { userId: cyd.id });
  using a = await connectLive(server.url, ann);
  const userIds = [ben.id, cyd.id, dan.id, ...Array.from({ length: 197 }, (_, n) => `nobody${n}`)];
  const { presence } = await a.do("watch_presence", { userIds });
  assertEquals(presence.map(({ userId }: { userId: string }) => userId), [ben.id, cyd.id]);
  assertEquals(await a.code("watch_presence", { userIds: [...userIds, "one more"] }), "invalid_request");
  using _d = await connect(server.url, dan);
  using _c = await connect(server.url, cyd);
  assertEquals((await a.next("user_online")).data, { userId: cyd.id });
  await a.do("watch_presence", { userIds: [] });
  using _b = await connect(server.url, ben);
  await a.caughtUp();
  assertEquals(a.unseen, []);
});

Deno.test("who was taken out while the conversation was being opened has it not open", async () => {
  let hold: Promise<void> | undefined;
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using server = await startServer({
    wrap: (store) =>
      new Proxy(store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== "function") return value;
          if (key !== "find") return value.bind(target);
          return async (...args: unknown[]) => {
            const [collection, query] = args as [unknown, { where?: { left?: boolean }; limit?: number }];
            const answer: unknown = await value.apply(target, args);
            if (hold && collection === participants && query.limit === 100) {
              reached.resolve();
              await hold;
            }
            return answer;
          };
        },
      }),
  });
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using b = await connectLive(server.url, ben);
  using a = await connectLive(server.url, ann);
  hold = go.promise;
  const joining = b.ask("join_conversation", { conversationId });
  await reached.promise;
  hold = undefined;
  await server.ok(ann, `DELETE /api/conversations/${conversationId}/participants/${ben.id}`);
  await b.next("conversation_removed");
  go.resolve();
  assertEquals((await joining).error?.code, "not_found");
  await a.do("join_conversation", { conversationId });
  a.tell("typing_start", { conversationId });
  await a.caughtUp();
  await b.caughtUp();
  assertEquals(b.unseen, []);
});

Deno.test("who was taken out while the conversation was being opened has it not open, nor while that is looked at again", async () => {
  let hold: Promise<void> | undefined;
  let looked: Promise<void> | undefined;
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using server = await startServer({
    wrap: (store) =>
      new Proxy(store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== "function") return value;
          if (key !== "find") return value.bind(target);
          return async (...args: unknown[]) => {
            const [collection, query] = args as [
              unknown,
              { where?: { id?: { in?: string[] }; left?: boolean }; limit?: number },
            ];
            const answer: unknown = await value.apply(target, args);
            if (hold && collection === participants && query.limit === 100) {
              reached.resolve();
              await hold;
            }
            const { id, left } = query.where ?? {};
            if (looked && collection === participants && left === false && id?.in?.length === 1) await looked;
            return answer;
          };
        },
      }),
  });
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using b = await connectLive(server.url, ben);
  using a = await connectLive(server.url, ann);
  hold = go.promise;
  const joining = b.ask("join_conversation", { conversationId });
  await reached.promise;
  hold = undefined;
  const answered = Promise.withResolvers<void>();
  looked = answered.promise;
  await server.ok(ann, `DELETE /api/conversations/${conversationId}/participants/${ben.id}`);
  await b.next("conversation_removed");
  go.resolve();
  assertEquals((await joining).error?.code, "not_found");
  looked = undefined;
  answered.resolve();
  await a.do("join_conversation", { conversationId });
  a.tell("typing_start", { conversationId });
  await a.caughtUp();
  await b.caughtUp();
  assertEquals(b.unseen, []);
});
