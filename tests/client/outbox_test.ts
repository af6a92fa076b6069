import { assert, assertEquals } from "@std/assert";
import { memoryStorage } from "../../src/client/mod.ts";
import type { Client, ContentInput } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import { ClockAhead, TravellingClock } from "./clock.ts";
import { conversationOf, isOnline, startStage, texts, until } from "./stage.ts";

/** Waits until nothing of a conversation is on its way. */
async function settled(client: Client, id: string): Promise<void> {
  const conversation = await conversationOf(client, id);
  await until(() => conversation.messages.every(({ state }) => state !== "sending"), "everything to be sent");
}

Deno.test("a message is shown at once, and again when it is stored, delivered and read", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const sender = await stage.online(amina);
  const conversation = await conversationOf(sender, id);
  const stop = conversation.open();
  const sent = conversation.send("hello");
  assertEquals([sent.state, sent.message.seq, sent.message.id], ["sending", 0, sent.clientId]);
  assertEquals(sent.message.sender.username, "amina");
  assertEquals(conversation.messages, [sent]);
  await until(() => conversation.messages[0]?.state === "sent", "the acknowledgement");
  assertEquals(conversation.messages[0]?.clientId, sent.clientId);
  const reader = await stage.online(bruno);
  await until(() => conversation.messages[0]?.state === "delivered", "the delivery");
  (await conversationOf(reader, id)).markRead();
  await until(() => conversation.messages[0]?.state === "read", "the reading");
  assertEquals(conversation.messages.length, 1);
  stop();
});

Deno.test("in a group, a message is read once any other member has read it", async () => {
  await using stage = await startStage();
  const [amina, bruno, chidi] = await stage.server.users("amina", "bruno", "chidi");
  const id = await stage.server.group(amina, [bruno, chidi]);
  const sender = await stage.online(amina);
  const conversation = await conversationOf(sender, id);
  const stop = conversation.open();
  conversation.send("hello");
  await settled(sender, id);
  await stage.server.ok(chidi, "POST /api/messages/mark-read", { conversationId: id });
  await until(() => conversation.messages[0]?.state === "read", "the reading");
  assertEquals(conversation.receipts.get(chidi.id), { lastReadSeq: 1, lastDeliveredSeq: 1 });
  stop();
});

Deno.test("what is sent without a line goes out in order on return", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  const conversation = await conversationOf(client, id);
  await conversation.loadNewest();
  proxy.refuses = true;
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  const words = Array.from({ length: 20 }, (_, n) => `${n}`);
  for (const word of words) conversation.send(word);
  assertEquals(texts(conversation), words);
  proxy.refuses = false;
  client.reconnectNow();
  await isOnline(client);
  await settled(client, id);
  assertEquals((await stage.server.history(bruno, id)).map(({ content }) => content.text), words);
  assertEquals(texts(conversation), words);
});

Deno.test("the outbox survives a reload and doubles nothing, however often the line is cut before an answer", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const storage = memoryStorage();
  const words = Array.from({ length: 12 }, (_, n) => `${n}`);
  await using first = await stage.online(amina, { url: proxy.url, storage, random: () => 0 });
  const conversation = await conversationOf(first, id);
  for (const word of words) conversation.send(word);
  for (let reload = 0; reload < 6; reload++) {
    await using client = stage.client({ url: proxy.url, storage, random: () => 0 });
    await client.restore();
    client.connect();
    if (reload === 0) await first.close();
    await isOnline(client);
    proxy.truncate(reload * 300); // some answers come, the rest is lost with the line
    await until(() => client.connection.status !== "online" || conversationDone(client, id), "the cut");
    proxy.truncate(Infinity);
  }
  await using last = stage.client({ url: proxy.url, storage, random: () => 0 });
  await last.restore();
  last.connect();
  await isOnline(last);
  await settled(last, id);
  assertEquals((await stage.server.history(bruno, id)).map(({ content }) => content.text), words);
  await last.close();
  assertEquals((await storage.keys("")).filter((key) => key.includes("/outbox/")), []);
});

function conversationDone(client: Client, id: string): boolean {
  return client.conversations.get(id)?.messages.every(({ state }) => state !== "sending") === true;
}

Deno.test("two tabs of one user send what either has, once each", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const storage = memoryStorage();
  const one = await stage.online(amina, { url: proxy.url, storage, random: () => 0 });
  proxy.refuses = true;
  proxy.cut();
  await until(() => one.connection.status !== "online", "the cut");
  const words = Array.from({ length: 10 }, (_, n) => `${n}`);
  for (const word of words) (await conversationOf(one, id)).send(word);
  await until(async () => (await storage.keys("")).length === 13, "session, user, conversation and outbox");
  const other = stage.client({ url: proxy.url, storage, random: () => 0 });
  await other.restore();
  assertEquals(texts(await conversationOf(other, id)), words);
  other.connect();
  proxy.refuses = false;
  one.reconnectNow();
  await Promise.all([one, other].map(isOnline));
  for (const tab of [one, other]) {
    await settled(tab, id);
    await until(() => tab.conversations.get(id)?.view.seq === 10, "all");
    await tab.conversations.get(id)?.loadNewest();
    assertEquals(texts(await conversationOf(tab, id)), words);
  }
  assertEquals((await stage.server.history(bruno, id)).map(({ content }) => content.text), words);
  await other.close();
  await one.close();
  assertEquals((await storage.keys("")).filter((key) => key.includes("/outbox/")), []);
});

Deno.test("a message that is refused for good fails, the next ones go on, and it can be retried or discarded", async () => {
  await using stage = await startStage({ env: { MAX_MESSAGE_LENGTH: "10" } });
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const storage = memoryStorage();
  const client = await stage.online(amina, { storage });
  const errors: string[] = [];
  client.on("error", ({ code }) => void errors.push(code));
  const conversation = await conversationOf(client, id);
  const long = conversation.send("much too long for this");
  conversation.send("short");
  await settled(client, id);
  assertEquals(conversation.messages.map(({ state }) => state), ["sent", "failed"]);
  const failed = conversation.messages.at(-1);
  assertEquals([failed?.clientId, failed?.error?.code, errors], [long.clientId, "invalid_request", [
    "invalid_request",
  ]]);
  await client.close();
  // It is still there after a reload.
  const reloaded = stage.client({ storage });
  await reloaded.restore();
  reloaded.connect();
  await isOnline(reloaded);
  const again = await conversationOf(reloaded, id);
  assertEquals([again.messages.at(-1)?.state, again.messages.at(-1)?.error?.code], [
    "failed",
    "invalid_request",
  ]);
  again.retry(long.clientId ?? "");
  assertEquals(again.messages.at(-1)?.state, "sending");
  await until(() => again.messages.at(-1)?.state === "failed", "the second refusal");
  again.discard(long.clientId ?? "");
  assertEquals(texts(again), ["short"]);
});

Deno.test("a message that is larger than a frame fails by itself, and the line holds", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  conversation.send("x".repeat(200_000));
  await until(() => conversation.messages[0]?.state === "failed", "the failure");
  assertEquals(conversation.messages[0]?.error?.code, "payload_too_large");
  assertEquals(client.connection.status, "online");
});

Deno.test("a limit is waited for, and the order stays", async () => {
  const serverClock = new ClockAhead();
  await using stage = await startStage({ env: { RATE_LIMIT_MESSAGES: "5" }, clock: serverClock });
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const clock = new TravellingClock();
  const client = await stage.online(amina, { clock });
  const conversation = await conversationOf(client, id);
  const words = Array.from({ length: 8 }, (_, n) => `${n}`);
  for (const word of words) conversation.send(word);
  await until(() => conversation.view.seq >= 5, "the limit");
  assertEquals(texts(conversation), words);
  serverClock.aheadMs = 11_000;
  await until(async () => {
    clock.pass(1_000);
    await client.watchPresence([amina.id]); // no more time passes than the server keeps up with
    return conversationDone(client, id);
  }, "the rest");
  assertEquals((await stage.server.history(bruno, id)).map(({ content }) => content.text), words);
});

Deno.test("replies quote what they answer before and after they are stored", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const question = await stage.server.send(bruno, id, "ready?");
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  await conversation.loadNewest();
  const content: ContentInput = { type: "emoji", text: "👍" };
  const answer = conversation.send(content, { replyTo: conversation.messages[0]?.message });
  const expected = {
    id: question.id,
    seq: 1,
    senderId: bruno.id,
    type: "text",
    text: "ready?",
    isDeleted: false,
  };
  assertEquals(answer.message.replyTo, expected);
  await settled(client, id);
  assertEquals(conversation.messages.at(-1)?.message.replyTo, expected);
  assertEquals(conversation.messages.at(-1)?.message.content.type, "emoji");
});

Deno.test("messages to a conversation that the user is no longer in are given up, and that is told", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(bruno, [amina]);
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  const errors: string[] = [];
  client.on("error", ({ code }) => void errors.push(code));
  proxy.refuses = true;
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  (await conversationOf(client, id)).send("too late");
  await stage.server.ok(bruno, `DELETE /api/conversations/${id}/participants/${amina.id}`);
  proxy.refuses = false;
  client.reconnectNow();
  await until(() => errors.length > 0, "the failure");
  assertEquals([errors, client.conversations.get(id)], [["not_found"], undefined]);
});

Deno.test("a client of its own sends as fast as the line answers, in order", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  const words = Array.from({ length: 200 }, (_, n) => `${n}`);
  for (const word of words) conversation.send(word);
  await settled(client, id);
  const history = await stage.server.history(bruno, id);
  assertEquals(history.map(({ content }) => content.text), words);
  assert(conversation.messages.every(({ state }) => state !== "failed"));
});
