import { assertEquals } from "@std/assert";
import { memoryStorage } from "../../src/client/mod.ts";
import type { Client } from "../../src/client/mod.ts";
import { added, Script, stored, told, viewOf } from "./scripted.ts";
import type { ScriptedSocket } from "./scripted.ts";
import { conversationOf, isOnline, until } from "./stage.ts";

/** Cuts the line, and answers with what the client says that it has when it comes back. */
async function cursorsAfter(script: Script, client: Client, socket: ScriptedSocket) {
  const count = script.sockets.length;
  socket.end(1006);
  await until(() => client.connection.status !== "online", "the end of the line");
  client.reconnectNow();
  const next = await script.socket(count + 1);
  await isOnline(client);
  return next.commands("resume").map(({ data }) => data.cursors);
}

/** A turn of the program: answers have been taken in. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What has come before this has been taken in, and told. */
async function settled(client: Client): Promise<void> {
  await client.watchPresence(["v"]);
  await Promise.resolve();
}

Deno.test("a change that comes late moves no cursor back, and takes nothing away", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  socket.say(added("g", 0, { rev: 5, name: "new" }), told(stored("g", 1, { rev: 6 })));
  const late = { conversation: viewOf("g", 0, { rev: 4, name: "old" }) };
  socket.say(told(stored("g", 2, { rev: 3 })));
  socket.say({ event: "sync", conversationId: "g", rev: 6, data: { changes: [], ...late } });
  socket.say({ event: "conversation_updated", conversationId: "g", rev: 4, data: late });
  const { view, messages } = await conversationOf(client, "g");
  assertEquals([view.name, view.seq, messages.length], ["new", 1, 1]);
  assertEquals(await cursorsAfter(script, client, socket), [{ g: 6 }]);
});

Deno.test("a conversation that the server has not told of has no cursor, whatever is said in it", async () => {
  const script = new Script();
  await using client = await script.online({
    fetch: (input, init) => {
      const { pathname } = new URL(String(input));
      if (init?.method === "POST" && pathname === "/api/conversations") {
        return Promise.resolve(Response.json({ ...viewOf("made", 3), participants: [] }));
      }
      return script.fetch(input);
    },
  });
  const socket = await script.socket();
  await client.conversations.create({ type: "group", name: "made", participants: [] });
  socket.say(told(stored("made", 7)));
  socket.say(added("g", 1));
  await conversationOf(client, "g");
  const removed: string[] = [];
  client.on("removed", ({ id }) => void removed.push(id));
  assertEquals(await cursorsAfter(script, client, socket), [{ g: 1 }]);
  // What is not among what is told on return is gone.
  assertEquals([removed, client.conversations.all.map(({ id }) => id)], [["made"], ["g"]]);
});

Deno.test("many conversations are resumed in parts, of which the last one says so", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  for (let n = 0; n <= 1_000; n++) socket.say(added(`g${n}`, 1));
  const count = script.sockets.length;
  const parts = await cursorsAfter(script, client, socket);
  assertEquals(parts.map((part) => Object.keys(part).length), [1_000, 1]);
  const next = await script.socket(count + 1);
  assertEquals(next.commands("resume").map(({ data }) => data.more === true), [true, false]);
});

Deno.test("what was sent and has no place yet is not shown twice when all is begun anew", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  socket.say(added("g", 0), told(stored("g", 1)));
  const group = await conversationOf(client, "g");
  group.send("mine");
  const { id, data } = await until(() => socket.commands("send_message")[0], "the message");
  const message = stored("g", 9, { senderId: "u", clientId: data.clientId });
  socket.say({ id, event: "message_sent", data: { message } });
  await until(() => group.messages.at(-1)?.state === "sent", "the answer");
  const anew = { changes: [], reset: true, conversation: viewOf("g", 9) };
  socket.say({ event: "sync", conversationId: "g", rev: 9, data: anew });
  assertEquals(group.messages, []);
});

Deno.test("messages are told of in their order, once, and not when they are deleted", async () => {
  const script = new Script();
  const pages = Promise.withResolvers<void>();
  let asked = false;
  await using client = await script.online({
    fetch: async (input) => {
      if (!String(input).includes("/messages/conversation/")) return await script.fetch(input);
      asked = true;
      await pages.promise;
      return Response.json({ messages: [stored("g", 1), stored("g", 2)] });
    },
  });
  const heard: string[] = [];
  client.on("message", ({ message }) => void heard.push(message.id));
  const socket = await script.socket();
  socket.say(added("g", 2, { lastReadSeq: 0, unread: 2 }));
  await until(() => asked, "the page");
  socket.say(told(stored("g", 3)), told(stored("g", 4, { isDeleted: true })), told(stored("g", 5)));
  await settled(client);
  assertEquals(heard, []);
  pages.resolve();
  await until(() => heard.length >= 4, "what was missed");
  socket.say(told(stored("g", 5, { rev: 6 })));
  await settled(client);
  assertEquals(heard, ["m1", "m2", "m3", "m5"]);
});

Deno.test("what was there before the first sign-in is no news", async () => {
  const script = new Script();
  script.greets = false;
  await using client = script.client({
    fetch: (input) =>
      String(input).includes("/messages/conversation/")
        ? Promise.resolve(Response.json({ messages: [stored("g", 1), stored("g", 2)] }))
        : script.fetch(input),
  });
  const heard: string[] = [];
  client.on("message", ({ message }) => void heard.push(message.id));
  client.connect();
  const socket = await script.socket();
  socket.answers = false;
  socket.greet();
  const { id } = await until(() => socket.commands("resume")[0], "the resumption");
  socket.say(added("g", 2, { lastReadSeq: 0, unread: 2 }), { id, event: "synced", data: {} });
  await isOnline(client);
  const group = await conversationOf(client, "g");
  group.open();
  await until(() => group.messages.length === 2, "the messages");
  assertEquals([heard, client.conversations.unread], [[], 2]);
});

Deno.test("what was read stays read, over views that do not know it yet and over a reload", async () => {
  const storage = memoryStorage();
  {
    const script = new Script();
    await using client = await script.online({ storage });
    const socket = await script.socket();
    socket.answers = false; // the server never says that it knows
    socket.say(added("g", 3, { lastReadSeq: 1, unread: 2 }));
    const group = await conversationOf(client, "g");
    group.markRead(3);
    script.clock.pass(1_000);
    assertEquals(socket.commands("mark_read").map(({ data }) => data.seq), [3]);
    const unaware = { conversation: viewOf("g", 3, { rev: 4, lastReadSeq: 1, unread: 2 }) };
    socket.say({ event: "conversation_updated", conversationId: "g", rev: 4, data: unaware });
    assertEquals([group.view.rev, group.view.unread, client.conversations.unread], [4, 0, 0]);
  }
  const script = new Script();
  await using client = await script.online({ storage });
  const group = await conversationOf(client, "g");
  assertEquals(group.view.unread, 0);
  script.clock.pass(1_000);
  assertEquals((await script.socket()).commands("mark_read").map(({ data }) => data.seq), [3]);
});

Deno.test("what is read while the server is told of what was read before is told as well, no sooner than it wants", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  socket.answers = false;
  socket.say(added("g", 5, { lastReadSeq: 0, unread: 5 }));
  const group = await conversationOf(client, "g");
  const marks = () => socket.commands("mark_read").map(({ data }) => data.seq);
  group.markRead(3);
  script.clock.pass(1_000);
  group.markRead(5);
  const [first] = socket.commands("mark_read");
  socket.say({ id: first?.id, event: "ok", data: {} });
  await turn();
  script.clock.pass(1_000);
  assertEquals(marks(), [3, 5]);
  const slower = { code: "rate_limited", message: "slower", retryable: true, retryAfterMs: 5_000 };
  socket.say({ id: socket.commands("mark_read")[1]?.id, event: "error", error: slower });
  await turn();
  script.clock.pass(4_999);
  assertEquals(marks(), [3, 5]);
  script.clock.pass(1);
  assertEquals(marks(), [3, 5, 5]);
});

Deno.test("a message that leaves a hole is shown without what is before the hole", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  socket.say(added("g"), told(stored("g", 1)), told(stored("g", 2)));
  const group = await conversationOf(client, "g");
  const shown = () => group.messages.map(({ message }) => message.seq);
  assertEquals(shown(), [1, 2]);
  socket.say(told(stored("g", 5)));
  assertEquals([shown(), group.hasOlder], [[5], true]);
  socket.say(told(stored("g", 6)));
  assertEquals(shown(), [5, 6]);
});

Deno.test("who leaves no longer types, and who does not say that it ends has ended after a while", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  socket.say(added("g"));
  const group = await conversationOf(client, "g");
  const say = (event: string, userId: string) =>
    socket.say({ event, conversationId: "g", rev: 0, data: { userId, isTyping: true } });
  for (const userId of ["v", "w"]) say("user_typing", userId);
  assertEquals(group.typing, ["v", "w"]);
  say("user_left", "v");
  assertEquals(group.typing, ["w"]);
  script.clock.pass(30_000);
  assertEquals(group.typing, []);
});
