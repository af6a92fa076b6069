import { assert, assertEquals } from "@std/assert";
import type { Conversation } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import type { TestUser } from "../support/rest.ts";
import { conversationOf, isOnline, startStage, texts, until } from "./stage.ts";
import type { Stage } from "./stage.ts";

Deno.test("typing is shown to those who have the conversation open, and ends with the message", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const [one, other] = await Promise.all([amina, bruno].map((user) => stage.online(user)));
  assert(one && other);
  const [mine, theirs] = [await conversationOf(one, id), await conversationOf(other, id)];
  const stop = mine.open();
  await isOpen(stage, bruno, id, mine);
  theirs.setTyping(true);
  await until(() => mine.typing.length === 1, "typing");
  assertEquals(mine.typing, [bruno.id]);
  theirs.send("done");
  await until(() => texts(mine).at(-1) === "done" && mine.typing.length === 0, "its end");
  theirs.setTyping(true);
  await until(() => mine.typing.length === 1, "typing again");
  theirs.setTyping(false);
  await until(() => mine.typing.length === 0, "the stop");
  stop();
});

/** Waits until the server has taken note that a conversation is open: then receipts come. */
async function isOpen(stage: Stage, reader: TestUser, id: string, conversation: Conversation): Promise<void> {
  const { seq } = await stage.server.send(reader, id, "look");
  await stage.server.ok(reader, "POST /api/messages/mark-read", { conversationId: id, seq });
  await until(() => conversation.receipts.get(reader.id)?.lastReadSeq === seq, "the receipt");
}

Deno.test("presence is told of those who are watched, also after a reconnection", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  await stage.server.direct(amina, bruno);
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  await client.watchPresence([bruno.id]);
  assertEquals(client.presenceOf(bruno.id), { isOnline: false, lastSeen: null });
  const other = await stage.online(bruno);
  await until(() => client.presenceOf(bruno.id)?.isOnline, "bruno to come");
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  await isOnline(client);
  await other.close();
  // Who looks before the server has written it down learns of it a moment later.
  const gone = () => client.presenceOf(bruno.id);
  await until(() => gone()?.isOnline === false && gone()?.lastSeen !== null, "bruno to go");
});

Deno.test("reading is told once for many, also what was read without a line", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  for (let n = 1; n <= 5; n++) await stage.server.send(bruno, id, `${n}`);
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  const conversation = await conversationOf(client, id);
  proxy.refuses = true;
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  for (let seq = 1; seq <= 4; seq++) conversation.markRead(seq);
  assertEquals([conversation.view.unread, client.conversations.unread], [1, 1]);
  proxy.refuses = false;
  client.reconnectNow();
  const unread = async () => (await stage.server.ok(amina, `GET /api/conversations/${id}`)).unread;
  await until(async () => await unread() === 1, "the server to know");
  conversation.markRead();
  await until(async () => await unread() === 0, "the server to know");
});

Deno.test("events come as a sequence, until their signal aborts", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const client = await stage.online(amina);
  const controller = new AbortController();
  const events = client.events("message", { signal: controller.signal });
  for (const text of ["a", "b", "c"]) await stage.server.send(bruno, id, text);
  const heard: string[] = [];
  for await (const { message } of events) {
    heard.push(message.content.text);
    if (heard.length === 3) controller.abort();
  }
  assertEquals(heard, ["a", "b", "c"]);
  const count = { heard: 0 };
  const off = client.on("message", () => count.heard++);
  off();
  client.on("message", () => count.heard++, { signal: AbortSignal.abort() });
  await stage.server.send(bruno, id, "d");
  await until(() => client.conversations.get(id)?.view.seq === 4, "the message");
  assertEquals(count.heard, 0);
});
