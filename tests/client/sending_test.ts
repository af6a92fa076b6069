import { assertEquals } from "@std/assert";
import { memoryStorage } from "../../src/client/mod.ts";
import type { Client, ParleyError } from "../../src/client/mod.ts";
import { added, Script, stored } from "./scripted.ts";
import type { Command, ScriptedSocket } from "./scripted.ts";
import { conversationOf, until } from "./stage.ts";

const RATE_LIMITED = { code: "rate_limited", message: "slower", retryable: true };

/** A client in a conversation, and its socket. */
async function inGroup(script: Script, client: Promise<Client> = script.online()) {
  const [online, socket] = [await client, await script.socket()];
  socket.say(added("g"));
  return { client: online, socket, group: await conversationOf(online, "g") };
}

/** The `count`th message that the client sends. */
function sent(socket: ScriptedSocket, count: number): Promise<Command> {
  return until(() => socket.commands("send_message")[count - 1], `message ${count}`);
}

/** Answers a message with its place in the conversation. */
function store(socket: ScriptedSocket, { id, data }: Command, seq: number): void {
  const message = stored("g", seq, { senderId: "u", clientId: data.clientId });
  socket.say({ id, event: "message_sent", data: { message } });
}

Deno.test("a refused message waits for as long as the server says, and not a moment longer", async () => {
  const script = new Script();
  const { client, socket, group } = await inGroup(script);
  await using _ = client;
  group.send("one");
  const { id } = await sent(socket, 1);
  socket.say({ id, event: "error", error: { ...RATE_LIMITED, retryAfterMs: 7_000 } });
  await client.watchPresence(["v"]); // the refusal has been taken in
  script.clock.pass(6_999);
  assertEquals(socket.commands("send_message").length, 1);
  script.clock.pass(1);
  await sent(socket, 2);
});

Deno.test("a server that does not say how long is left alone for longer each time, until it takes a message", async () => {
  const script = new Script();
  const { client, socket, group } = await inGroup(script);
  await using _ = client;
  for (const word of ["one", "two"]) group.send(word);
  let count = 0;
  const refuse = async (waitMs: number) => {
    const { id } = await sent(socket, ++count);
    socket.say({ id, event: "error", error: { ...RATE_LIMITED, code: "store_unavailable" } });
    await client.watchPresence(["v"]);
    script.clock.pass(waitMs - 1);
    assertEquals(socket.commands("send_message").length, count, `before ${waitMs} ms`);
    script.clock.pass(1);
    assertEquals(socket.commands("send_message").length, count + 1, `after ${waitMs} ms`);
  };
  await refuse(1_000);
  await refuse(2_000);
  store(socket, await sent(socket, ++count), 1);
  await refuse(1_000);
  await sent(socket, ++count);
  const texts = socket.commands("send_message").map(({ data }) => data.content);
  assertEquals(texts, ["one", "one", "one", "two", "two"]);
});

Deno.test("messages go out as they were written, over a reload and a clock that was set back", async () => {
  const storage = memoryStorage();
  for (const [word, aheadMs] of [["one", 0], ["two", -3_600_000]] as const) {
    const script = new Script();
    script.clock.sleep(aheadMs);
    const { client, socket, group } = await inGroup(script, script.online({ storage }));
    group.send(word);
    await sent(socket, 1);
    await client.close();
  }
  const script = new Script();
  const { client, socket } = await inGroup(script, script.online({ storage }));
  await using _ = client;
  store(socket, await sent(socket, 1), 1);
  await sent(socket, 2);
  assertEquals(socket.commands("send_message").map(({ data }) => data.content), ["one", "two"]);
});

Deno.test("a message that was refused for good is still so after a reload, and not sent again", async () => {
  const storage = memoryStorage();
  {
    const script = new Script();
    const { client, socket, group } = await inGroup(script, script.online({ storage }));
    await using _ = client;
    group.send("no");
    const { id } = await sent(socket, 1);
    socket.say({ id, event: "error", error: { code: "forbidden", message: "no", retryable: false } });
    await until(() => group.messages[0]?.state === "failed", "the refusal");
  }
  const script = new Script();
  const { client, socket, group } = await inGroup(script, script.online({ storage }));
  await using _ = client;
  assertEquals(group.messages.map(({ state, error }) => [state, error?.code]), [["failed", "forbidden"]]);
  group.send("yes");
  assertEquals((await sent(socket, 1)).data.content, "yes");
});

Deno.test("what another tab wrote before goes out before", async () => {
  const storage = memoryStorage();
  const [script, other] = [new Script(), new Script()];
  const { client, socket, group } = await inGroup(script, script.online({ storage }));
  await using _ = client;
  await using earlier = await other.online({ storage });
  script.clock.sleep(1_000);
  (await other.socket()).say(added("g"));
  (await conversationOf(earlier, "g")).send("earlier");
  await until(async () => (await storage.keys("u/outbox/")).length === 1, "the other tab's message");
  socket.end(1006);
  await until(() => client.connection.status !== "online", "the end of the line");
  group.send("later");
  client.reconnectNow();
  const next = await script.socket(2);
  store(next, await sent(next, 1), 1);
  await sent(next, 2);
  assertEquals(next.commands("send_message").map(({ data }) => data.content), ["earlier", "later"]);
});

Deno.test("a message whose conversation is gone when its answer comes is no longer shown, nor said to have failed", async () => {
  for (const error of [undefined, { code: "not_participant", message: "no", retryable: false }]) {
    const script = new Script();
    const { client, socket, group } = await inGroup(script);
    await using _ = client;
    group.send("one");
    const command = await sent(socket, 1);
    const errors: ParleyError[] = [];
    client.on("error", (told) => void errors.push(told));
    socket.say({ event: "conversation_removed", conversationId: "g", rev: 1, data: {} });
    await until(() => errors.length === 1, "what was given up to be told");
    if (error) socket.say({ id: command.id, event: "error", error });
    else store(socket, command, 1);
    await client.watchPresence(["v"]);
    assertEquals([errors.map(({ code }) => code), group.messages], [["not_found"], []]);
  }
});
