import { assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { TestUser } from "../support/rest.ts";
import { connectLive } from "../support/socket.ts";
import type { Received, TestSocket } from "../support/socket.ts";

/** Every command that names a conversation or a message, with data that is right but for who sends it. */
const COMMANDS: Readonly<Record<string, (conversationId: string, messageId: string) => object>> = {
  send_message: (conversationId) => ({ conversationId, clientId: "c", content: "let me in" }),
  edit_message: (_, messageId) => ({ messageId, text: "mine now" }),
  delete_message: (_, messageId) => ({ messageId }),
  add_reaction: (_, messageId) => ({ messageId, emoji: "👍" }),
  mark_read: (conversationId) => ({ conversationId, seq: 1 }),
  mark_delivered: (conversationId) => ({ conversationId, seq: 1 }),
  join_conversation: (conversationId) => ({ conversationId }),
  leave_conversation: (conversationId) => ({ conversationId }),
  typing_start: (conversationId) => ({ conversationId }),
  typing_stop: (conversationId) => ({ conversationId }),
};

/** A group with a message by someone who was taken out a moment ago. */
async function scene(server: TestServer): Promise<{
  readonly ann: TestUser;
  readonly outsider: TestSocket;
  readonly removed: TestSocket;
  readonly id: string;
  readonly messageId: string;
}> {
  const [ann, ben, eve] = await server.users("ann", "ben", "eve");
  const id = await server.group(ann, [ben]);
  const message = await server.send(ben, id, "mine");
  const outsider = await connectLive(server.url, eve);
  const removed = await connectLive(server.url, ben);
  await removed.do("join_conversation", { conversationId: id });
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  return { ann, outsider, removed, id, messageId: message.id };
}

Deno.test("every command says the same to an outsider, a member removed a moment ago, and about an unknown id", async () => {
  await using server = await startServer();
  const { ann, outsider, removed, id, messageId } = await scene(server);
  const before = await server.history(ann, id);
  const unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  for (const [event, data] of Object.entries(COMMANDS)) {
    const answers: Received[] = [
      await outsider.ask(event, data(id, messageId)),
      await removed.ask(event, data(id, messageId)),
      await outsider.ask(event, data(unknown, `${unknown}-1`)),
      await removed.ask(event, data(unknown, `${unknown}-1`)),
    ];
    const [first] = answers;
    assertEquals(first?.error.code, "not_found", event);
    for (const { event: kind, error } of answers) assertEquals([kind, error], ["error", first?.error]);
  }
  assertEquals(await server.history(ann, id), before);
  outsider[Symbol.dispose]();
  removed[Symbol.dispose]();
});

Deno.test("an id of the wrong kind is no conversation and no message", async () => {
  await using server = await startServer();
  const { ann, outsider, removed, id, messageId } = await scene(server);
  using own = await connectLive(server.url, ann);
  for (const messageIds of [id, `${messageId}0`, `${id}-0`, `${id}-999`, `${id}--1`, `${id}-01`]) {
    assertEquals(
      await own.code("add_reaction", { messageId: messageIds, emoji: "👍" }),
      "not_found",
      messageIds,
    );
  }
  const answer = { conversationId: id, clientId: "r", content: "re", replyTo: `${id}-999` };
  assertEquals(await own.code("send_message", answer), "not_found");
  outsider[Symbol.dispose]();
  removed[Symbol.dispose]();
});
