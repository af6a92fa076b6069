import { assertEquals } from "@std/assert";
import { ParleyError } from "../../src/kernel/errors.ts";
import { messageCommands } from "../../src/modules/messages/commands.ts";
import type { Messages } from "../../src/modules/messages/service.ts";
import { codeOf, openWorld } from "./messages_support.ts";

/** Runs a command as a connection of the user does: parsed first, refused as `invalid_request`. */
function socketOf(messages: Messages): (userId: string, event: string, data: unknown) => Promise<object> {
  const commands = new Map(messageCommands(messages).map((command) => [command.event, command]));
  return async (userId, event, data) => {
    const command = commands.get(event);
    if (!command) throw new ParleyError("unknown_event");
    const parsed = command.data.safeParse(data);
    if (!parsed.success) throw new ParleyError("invalid_request");
    return await command.run(parsed.data as never, { userId, sessionId: "s", connectionId: "connection" });
  };
}

Deno.test("the commands do what the routes do, and answer what the contract says", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const run = socketOf(world.messages);
  const messageId = `${conversationId}-1`;
  const body = { conversationId, clientId: "c", content: { type: "text", text: "hi" } };
  const shown = async () => ({ message: (await world.call(ann, "GET", `/${messageId}`)).body });
  const sent = await run(ann, "send_message", body);
  assertEquals(sent, await shown());
  assertEquals(await run(ann, "send_message", body), sent);
  assertEquals((await world.call(ann, "POST", "", body)).status, 200);
  assertEquals(await run(ann, "edit_message", { messageId, text: "ho" }), await shown());
  const reactions = [{ userId: bob, emoji: "👍", addedAt: "2026-01-01T00:00:00.000Z" }];
  assertEquals(await run(bob, "add_reaction", { messageId, emoji: "👍", on: true }), { reactions });
  assertEquals(await run(bob, "add_reaction", { messageId, emoji: "👍" }), { reactions: [] });
  assertEquals(await run(bob, "mark_delivered", { conversationId, seq: 1 }), {});
  assertEquals(await run(bob, "mark_read", { conversationId, seq: 1 }), {});
  assertEquals(await run(ann, "delete_message", { messageId }), {});
  assertEquals((await world.record(messageId)).isDeleted, true);
});

Deno.test("receipts by command name the connection that they come from", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  await world.send(ann, conversationId, "x");
  const run = socketOf(world.messages);
  await run(bob, "mark_delivered", { conversationId, seq: 1 });
  await run(bob, "mark_read", { conversationId, seq: 1 });
  const origins = world.published.map((signal) => "origin" in signal ? signal.origin : undefined);
  assertEquals(origins, ["connection", "connection"]);
});

Deno.test("commands of one connection take effect in the order sent, whatever each has to look up", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const run = socketOf(world.messages);
  const messageId = `${conversationId}-1`;
  const send = (clientId: string, content: string, replyTo?: string) =>
    run(ann, "send_message", { conversationId, clientId, content, replyTo });
  await Promise.all([
    send("1", "hi @bob"),
    send("2", "plain"),
    run(ann, "edit_message", { messageId, text: "ho @ann" }),
    run(ann, "add_reaction", { messageId, emoji: "👍" }),
    send("3", "you there?"),
    run(ann, "delete_message", { messageId }),
  ]);
  const events = world.hints.flatMap(({ changes }) => changes.map(({ event }) => event));
  assertEquals(events, [
    "new_message",
    "new_message",
    "message_edited",
    "reaction_updated",
    "new_message",
    "message_deleted",
  ]);
});

Deno.test("every command refuses a stranger as it refuses what does not exist, and data of another shape", async () => {
  await using world = await openWorld();
  const [ann, eve] = [world.people.add("ann"), world.people.add("eve")];
  const conversationId = await world.group(ann);
  const { id: messageId } = await world.send(ann, conversationId, "x");
  const run = socketOf(world.messages);
  const commands: [string, object][] = [
    ["send_message", { conversationId, clientId: "c", content: "x" }],
    ["edit_message", { messageId, text: "x" }],
    ["delete_message", { messageId }],
    ["add_reaction", { messageId, emoji: "👍" }],
    ["mark_read", { conversationId, seq: 1 }],
    ["mark_delivered", { conversationId, seq: 1 }],
  ];
  assertEquals(messageCommands(world.messages).map(({ event }) => event), commands.map(([event]) => event));
  for (const [event, data] of commands) {
    const absent = JSON.parse(JSON.stringify(data).replaceAll(conversationId, "0".repeat(26)));
    assertEquals(await codeOf(run(eve, event, data)), "not_found", event);
    assertEquals(await codeOf(run(eve, event, absent)), "not_found", event);
    for (
      const wrong of [{}, [], null, "x", { ...data, seq: "1", text: 1, emoji: 1, clientId: 1, messageId: {} }]
    ) {
      assertEquals(await codeOf(run(ann, event, wrong)), "invalid_request", event);
    }
  }
});
