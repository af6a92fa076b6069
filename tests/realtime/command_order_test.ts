import { assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import { connectLive } from "../support/socket.ts";
import type { Received, TestSocket } from "../support/socket.ts";

/** Sends commands as one frame, and gives their answers in the order of the commands. */
async function inOneFrame(
  socket: TestSocket,
  commands: readonly (readonly [string, object])[],
): Promise<Received[]> {
  const named = commands.map(([event, data], index) => ({ id: `frame-${index}`, event, data }));
  socket.raw(named.map((command) => JSON.stringify(command)).join("\n"));
  return await Promise.all(named.map(({ id }) => socket.answer(id)));
}

Deno.test("a conversation that one frame opens and closes is closed, and one that it closes and opens is open", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  const [open, close] = [["join_conversation", { conversationId }], ["leave_conversation", {
    conversationId,
  }]] as const;
  const first = await inOneFrame(a, [open, close]);
  assertEquals(first.map(({ event }) => event), ["joined_conversation", "ack"]);
  b.tell("typing_start", { conversationId });
  await b.caughtUp();
  await a.caughtUp();
  assertEquals(a.received.filter(({ event }) => event === "user_typing"), []);
  await inOneFrame(a, [close, open]);
  b.tell("typing_stop", { conversationId });
  await a.next("user_typing");
});

Deno.test("mark_read and mark_delivered reach the message that the same frame sends", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const conversationId = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  for (const [seq, event] of [[1, "mark_read"], [2, "mark_delivered"]] as const) {
    const message = { conversationId, clientId: `c${seq}`, content: "hi" };
    const answers = await inOneFrame(a, [["send_message", message], [event, { conversationId, seq }]]);
    assertEquals(answers.map(({ event }) => event), ["ack", "ack"], event);
    assertEquals(await a.code(event, { conversationId, seq: seq + 1 }), "beyond_head");
  }
});
