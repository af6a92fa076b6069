import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import { connect, connectLive } from "../support/socket.ts";
import type { Received, TestSocket } from "../support/socket.ts";

const of = (event: string, { received }: TestSocket): Received[] =>
  received.filter((one) => one.event === event);

Deno.test("nothing of any conversation comes before resume, and no other command is taken", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connect(server.url, ben);
  await server.send(ann, id, "hello");
  for (const event of ["send_message", "mark_read", "join_conversation", "watch_presence", "typing_start"]) {
    assertEquals(await socket.code(event, { conversationId: id }), "not_resumed", event);
  }
  assertEquals((await socket.ask("ping")).event, "pong");
  assertEquals(socket.received.map(({ event }) => event).filter((event) => /conv|mess|sync/.test(event)), []);
});

Deno.test("resume with nothing tells of every conversation, and ends with synced under its id", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const ids = [await server.group(ann, [ben]), await server.direct(ben, ann), await server.group(ben)];
  using socket = await connect(server.url, ben);
  const synced = await socket.resume();
  assertEquals(synced.data, { epoch: server.store.epoch });
  const added = of("conversation_added", socket);
  assertEquals(added.map(({ conversationId }) => conversationId).sort(), ids.toSorted());
  assertEquals(socket.received.at(-1), synced);
  for (const { conversationId, rev, data } of added) {
    const { conversations } = await server.ok(ben, "GET /api/conversations");
    const listed = conversations.find(({ id }: { id: string }) => id === conversationId);
    assertEquals([data, rev], [{ conversation: listed }, listed.rev]);
  }
});

Deno.test("resume brings who is behind what changed, each once, in rising rev and in its present state", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const first = await server.send(ann, id, "first");
  const second = await server.send(ann, id, "second");
  const { rev } = second;
  const third = await server.send(ann, id, "third");
  await server.ok(ann, `PUT /api/messages/${first.id}`, { content: "first, edited" });
  await server.ok(ann, `DELETE /api/messages/${third.id}`);
  using socket = await connect(server.url, ben);
  await socket.resume({ [id]: rev });
  const [sync] = of("sync", socket);
  assert(sync);
  assertEquals(sync.conversationId, id);
  assertEquals(sync.data.changes.map((m: { id: string }) => m.id), [first.id, third.id]);
  assertEquals(sync.data.changes.map((m: { content: object }) => m.content), [
    { type: "text", text: "first, edited" },
    { type: "text", text: "" },
  ]);
  assertEquals(sync.data.changes.map((m: { rev: number }) => m.rev), [rev + 2, rev + 3]);
  assertEquals([sync.rev, sync.data.conversation.rev], [rev + 3, rev + 3]);
  assertEquals(sync.data.reset, undefined);
  const fresh = await server.history(ben, id);
  assertEquals(sync.data.changes, [fresh[0], fresh[2]]);
});

Deno.test("resume says nothing of a conversation whose head the client has", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  const { rev } = await server.send(ann, id, "hello");
  using socket = await connect(server.url, ann);
  await socket.resume({ [id]: rev }, { epoch: server.store.epoch });
  assertEquals(socket.received.map(({ event }) => event), ["hello", "synced"]);
});

Deno.test("a cursor beyond the head is a reset", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  const { rev } = await server.send(ann, id, "hello");
  using socket = await connect(server.url, ann);
  await socket.resume({ [id]: rev + 1 });
  const { data, rev: at } = await socket.next("sync");
  assertEquals([at, data.reset, data.changes, data.conversation.rev], [rev, true, [], rev]);
});

Deno.test("cursors of another epoch are resets, also at the head", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  const { rev } = await server.send(ann, id, "hello");
  using socket = await connect(server.url, ann);
  await socket.resume({ [id]: rev }, { epoch: "before the restore" });
  assertEquals((await socket.next("sync")).data.reset, true);
});

Deno.test("500 changes are replayed, and one more is a reset", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  const { rev } = await server.send(ann, id, "before");
  await Promise.all(Array.from({ length: 501 }, (_, n) => server.send(ann, id, `m${n}`)));
  using behind = await connect(server.url, ann);
  await behind.resume({ [id]: rev });
  const { data } = await behind.next("sync");
  assertEquals([data.reset, data.changes.length], [true, 0]);
  using near = await connect(server.url, ann);
  await near.resume({ [id]: rev + 1 });
  const { data: { reset, changes } } = await near.next("sync");
  assertEquals([reset, changes.length], [undefined, 500]);
});

Deno.test("who comes back to much in many conversations gets a frame for each, and resets for what is too much", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const cursors: Record<string, number> = {};
  for (const count of [20, 20, 20, 40]) {
    const id = await server.group(ann);
    cursors[id] = (await server.send(ann, id, "before")).rev;
    await Promise.all(Array.from({ length: count }, () => server.send(ann, id, "न".repeat(8_000))));
  }
  using socket = await connect(server.url, ann);
  await socket.resume(cursors);
  const syncs = of("sync", socket);
  assertEquals(syncs.map(({ data }) => data.changes.length).sort(), [0, 20, 20, 20]);
  assertEquals(syncs.filter(({ data }) => data.reset).length, 1);
  const largest = Math.max(...socket.frames.map((frame) => new TextEncoder().encode(frame).length));
  assert(largest < 768 * 1024, `${largest} bytes`);
});

Deno.test("cursors may come in parts, and are answered together", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ids = [await server.group(ann), await server.group(ann)] as const;
  const revs = [
    (await server.send(ann, ids[0], "a")).rev,
    (await server.send(ann, ids[1], "b")).rev,
  ] as const;
  using socket = await connect(server.url, ann);
  const part = await socket.ask("resume", { cursors: { [ids[0]]: revs[0] }, more: true });
  assertEquals(part.event, "ack");
  assertEquals(await socket.code("mark_read", { conversationId: ids[0], seq: 1 }), "not_resumed");
  await socket.resume({ [ids[1]]: revs[1] });
  assertEquals(socket.unseen, []);
});

Deno.test("the epoch may come with any one of the parts", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  const { rev } = await server.send(ann, id, "hello");
  using socket = await connect(server.url, ann);
  await socket.do("resume", { epoch: "before the restore", cursors: { [id]: rev }, more: true });
  await socket.resume();
  assertEquals((await socket.next("sync")).data.reset, true);
});

Deno.test("a connection resumes once", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  assertEquals(await socket.code("resume", { cursors: {} }), "already_resumed");
});

Deno.test("a conversation that is lost, or never was, is told as removed", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const left = await server.group(ann, [ben]);
  await server.ok(ben, `POST /api/conversations/${left}/leave`);
  const ended = await server.group(ann, [ben]);
  await server.ok(ann, `DELETE /api/conversations/${ended}`);
  const foreign = await server.group(ann);
  using socket = await connect(server.url, ben);
  await socket.resume({ [left]: 1, [ended]: 1, [foreign]: 1, nothing: 7 });
  const removed = of("conversation_removed", socket).map(({ conversationId }) => conversationId);
  assertEquals(removed.sort(), [left, ended, foreign, "nothing"].sort());
  assertEquals(of("sync", socket), []);
});

Deno.test("cursors that are none are refused, and the connection may try again", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  using socket = await connect(server.url, ann);
  const wrong = [
    ...[{ [id]: -1 }, { [id]: 1.5 }, { [id]: "1" }, { [id]: null }, { [id]: 2 ** 60 }],
    ...[{ "not an id": 1 }, { "": 1 }, { 'a"b': 1 }, { constructor_: 1 }, [], "none", 7],
  ];
  for (const cursors of wrong) {
    assertEquals(await socket.code("resume", { cursors }), "invalid_request", JSON.stringify(cursors));
  }
  await socket.resume();
});

Deno.test("a cursor named __proto__ is nobody's", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connect(server.url, ann);
  socket.raw(`{"id":"p","event":"resume","data":{"cursors":{"__proto__":1}}}`);
  assertEquals((await socket.answer("p")).event, "synced");
  assertEquals(socket.unseen, []);
});

Deno.test("what is sent behind resume waits for it", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  using socket = await connect(server.url, ann);
  const send = { conversationId: id, clientId: "1", content: "at once" };
  socket.raw(
    `{"id":"r","event":"resume","data":{"cursors":{}}}\n${
      JSON.stringify({ id: "s", event: "send_message", data: send })
    }`,
  );
  assertEquals((await socket.answer("s")).data.message.content.text, "at once");
  const events = socket.received.map(({ event }) => event);
  assert(events.indexOf("synced") < events.indexOf("ack"));
  assertEquals((await socket.next("new_message")).data.clientId, "1");
});

Deno.test("a socket that ends while it resumes is in no room", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using live = await connectLive(server.url, ann);
  for (let n = 0; n < 5; n++) {
    const socket = await connect(server.url, ben);
    socket.tell("resume", { cursors: {} });
    await socket.end();
  }
  await live.do("join_conversation", { conversationId: id });
  const { data } = await live.ask("join_conversation", { conversationId: id });
  assertEquals(data.presence.find(({ userId }: { userId: string }) => userId === ben.id)?.isOnline, false);
});
