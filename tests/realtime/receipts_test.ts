import { assertEquals } from "@std/assert";
import { MAX_CURSORS } from "../../src/realtime/commands.ts";
import { TestClock } from "../support/http.ts";
import { startServer } from "../support/server.ts";
import { connect, connectLive } from "../support/socket.ts";

Deno.test("above 100 members receipts are gathered for a second, and each reader's newest is told", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const names = Array.from({ length: 99 }, (_, n) => `member_${n}`);
  const [ann, ben] = await server.users("ann", "ben");
  const others = await server.users(...names);
  const id = await server.group(ann, [ben, ...others], { settings: { maxParticipants: 200 } });
  await server.send(ann, id, "one");
  const { seq } = await server.send(ann, id, "two");
  using a = await connectLive(server.url, ann);
  await a.do("join_conversation", { conversationId: id });
  using phone = await connectLive(server.url, ben);
  using laptop = await connectLive(server.url, ben);
  await phone.do("mark_delivered", { conversationId: id, seq });
  await phone.do("mark_read", { conversationId: id, seq: 1 });
  await phone.do("mark_read", { conversationId: id, seq });
  for (const at of [1, seq]) assertEquals((await laptop.next("messages_read")).data.seq, at);
  await a.caughtUp();
  assertEquals(a.unseen.filter((event) => event === "messages_read"), []);
  clock.move(1_000);
  for (const event of ["messages_delivered", "messages_read"]) {
    assertEquals((await a.next(event)).data, { userId: ben.id, seq });
  }
  await a.caughtUp();
  assertEquals(a.unseen.filter((event) => event === "messages_read"), []);
});

Deno.test("cursors of 20,000 conversations are taken, and one more is refused", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connect(server.url, ann);
  const part = 2_000;
  for (let at = 0; at < MAX_CURSORS; at += part) {
    const cursors = Object.fromEntries(Array.from({ length: part }, (_, n) => [`c${at + n}`, 1]));
    assertEquals((await socket.ask("resume", { cursors, more: true })).event, "ack");
  }
  assertEquals(await socket.code("resume", { cursors: { more: 1 } }), "invalid_request");
});
