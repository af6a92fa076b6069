import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import { connect, connectLive } from "../support/socket.ts";

Deno.test("several envelopes in one frame are worked on in order, and blank lines between them are nothing", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const lines = Array.from(
    { length: 20 },
    (_, n) =>
      JSON.stringify({
        id: `m${n}`,
        event: "send_message",
        data: { conversationId, clientId: `c${n}`, content: `${n}` },
      }),
  );
  socket.raw(lines.join("\n\n") + "\n");
  const answers = await Promise.all(lines.map((_, n) => socket.answer(`m${n}`)));
  assertEquals(answers.map(({ data }) => data.message.content.text), lines.map((_, n) => `${n}`));
  const [first] = answers;
  assertEquals(answers.map(({ data }) => data.message.seq), lines.map((_, n) => first?.data.message.seq + n));
});

Deno.test("what is ready for a connection in one turn comes in one frame", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const before = socket.frames.length;
  const lines = Array.from(
    { length: 10 },
    (_, n) =>
      JSON.stringify({
        id: `${n}x`,
        event: "send_message",
        data: { conversationId, clientId: `${n}`, content: "hi" },
      }),
  );
  socket.raw(lines.join("\n"));
  await socket.next("new_message", ({ data }) => data.clientId === "9");
  await socket.answer("9x");
  assert(socket.frames.length - before <= 4, `${socket.frames.length - before} frames for 20 envelopes`);
});

Deno.test("an answer carries the id it answers, and a command without an id is answered without one", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  const id = '"\\\u2028\u{1F469}'.padEnd(64, "x").slice(0, 64);
  socket.raw(JSON.stringify({ id, event: "ping" }));
  assertEquals((await socket.answer(id)).event, "pong");
  socket.raw(JSON.stringify({ event: "ping" }));
  assertEquals(await socket.next("pong"), { event: "pong", data: {} });
});

Deno.test("what is no envelope ends the socket with 4400", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const frames = [
    ...["", "{", "null", "7", '"ping"', "[]", "{}", '{"event":7}', '{"event":null}', "undefined"],
    ...['{"id":7,"event":"ping"}', '{"id":null,"event":"ping"}', '{"id":{},"event":"ping"}'],
    JSON.stringify({ id: "x".repeat(65), event: "ping" }),
    '{"id":"1","event":"ping"}\n{',
    "[".repeat(100_000),
    new Uint8Array([123, 125]),
  ];
  for (const frame of frames) {
    const socket = await connect(server.url, ann);
    socket.raw(frame);
    assertEquals(await socket.closed, { code: 4400, reason: "malformed" }, String(frame).slice(0, 40));
  }
});

Deno.test("of a frame that is malformed anywhere nothing is done", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  const before = await server.history(ann, conversationId);
  using socket = await connectLive(server.url, ann);
  const data = { conversationId, clientId: "1", content: "half" };
  socket.raw(`${JSON.stringify({ id: "1", event: "send_message", data })}\nnonsense`);
  assertEquals((await socket.closed).code, 4400);
  assertEquals(await server.history(ann, conversationId), before);
});

Deno.test("a frame of 128 KB is read, and one byte more ends the socket with 1009", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  const shell = JSON.stringify({ id: "1", event: "ping", data: "" }).length;
  // Three bytes each, so that the text alone does not tell.
  const filler = "€".repeat(43_000) + "x".repeat(128 * 1024 - shell - 3 * 43_000);
  socket.raw(JSON.stringify({ id: "1", event: "ping", data: filler }));
  assertEquals((await socket.answer("1")).event, "pong");
  socket.raw(JSON.stringify({ id: "1", event: "ping", data: filler + "x" }));
  assertEquals(await socket.closed, { code: 1009, reason: "too_large" });
});

Deno.test("an unknown event is an error, whatever its name", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  const events = [
    "",
    "nothing",
    "__proto__",
    "constructor",
    "toString",
    "\ud800",
    "x".repeat(10_000),
    "Ping",
  ];
  for (const event of events) assertEquals(await socket.code(event, {}), "unknown_event", event.slice(0, 20));
});

const COMMANDS = [
  ...["send_message", "edit_message", "delete_message", "add_reaction", "mark_read", "mark_delivered"],
  ...[
    "join_conversation",
    "leave_conversation",
    "watch_presence",
    "typing_start",
    "typing_stop",
    "authenticate",
  ],
];

Deno.test("data of a wrong kind is invalid for every command, and never internal", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const deep = JSON.parse("[".repeat(40) + "]".repeat(40));
  const proto = JSON.parse('{"__proto__":{"conversationId":"x"}}');
  const values = [undefined, null, 7, "text", [], [{}], {}, true, deep, { deep }, proto];
  const wrong = [
    ...values,
    ...[7, null, [], {}, "", "x".repeat(129), "a b", "\ud800", '"', "../x"].map((id) => ({
      ...{ conversationId: id, messageId: id, clientId: "c", content: "hi", text: "hi", emoji: "👍", seq: 1 },
      token: 7,
    })),
  ];
  for (const event of COMMANDS) {
    for (const data of wrong) {
      const code = await socket.code(event, data);
      assertEquals(code, "invalid_request", `${event} ${JSON.stringify(data)?.slice(0, 60)}`);
    }
  }
  for (
    const userIds of [undefined, null, "x", {}, [7], [null], [""], ["x".repeat(65)], Array(201).fill("x")]
  ) {
    assertEquals(
      await socket.code("watch_presence", { userIds }),
      "invalid_request",
      JSON.stringify(userIds),
    );
  }
  const fields = [
    ...["content", "clientId"].flatMap((field) =>
      [7, {}, [], null, "", "\ud800"].map((bad) => [field, bad] as const)
    ),
    ["content", "x".repeat(8_001)] as const,
    ["content", { type: "system", text: "x" }] as const,
    ["clientId", "x".repeat(65)] as const,
    ["replyTo", 7] as const,
  ];
  for (const [field, bad] of fields) {
    const data = { conversationId, clientId: "c", content: "hi", [field]: bad };
    assertEquals(
      await socket.code("send_message", data),
      "invalid_request",
      JSON.stringify([field, bad]).slice(0, 60),
    );
  }
});

Deno.test("an invalid command names every wrong field", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  const { error } = await socket.ask("mark_read", { conversationId: 7, seq: "1" });
  assertEquals(error.errors.map(({ field }: { field: string }) => field), ["conversationId", "seq"]);
  assertEquals(error.retryable, false);
});

Deno.test("messages over the limit are refused with when to come back, over REST too", async () => {
  await using server = await startServer({ env: { RATE_LIMIT_MESSAGES: "2" } });
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const send = (n: number) => socket.ask("send_message", { conversationId, clientId: `${n}`, content: "hi" });
  assertEquals([(await send(1)).event, (await send(2)).event], ["ack", "ack"]);
  const body = { conversationId, clientId: "rest", content: "hi" };
  assertEquals((await server.call(ann, "POST /api/messages", body)).body.code, "rate_limited");
  for (let n = 1; n <= 10; n++) {
    const { event, error } = await send(n + 2);
    assertEquals([event, error.code, error.retryable], ["error", "rate_limited", true]);
    assert(error.retryAfterMs > 0 && error.retryAfterMs <= 10_000);
  }
  await socket.caughtUp();
});

Deno.test("a connection that goes on after 20 refusals is ended with 4429", async () => {
  await using server = await startServer({ env: { RATE_LIMIT_MESSAGES: "1" } });
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  for (let n = 0; n <= 21; n++) {
    socket.tell("send_message", { conversationId, clientId: `${n}`, content: "hi" });
  }
  assertEquals(await socket.closed, { code: 4429, reason: "too_fast" });
  assertEquals(socket.received.filter(({ event }) => event === "error").length, 20);
});

Deno.test("commands of every kind are limited too", async () => {
  await using server = await startServer({ env: { RATE_LIMIT_MESSAGES: "1" } });
  const [ann] = await server.users("ann");
  using socket = await connect(server.url, ann);
  for (let n = 0; n < 10; n++) assertEquals((await socket.ask("ping")).event, "pong");
  assertEquals((await socket.ask("ping")).error.code, "rate_limited");
});
