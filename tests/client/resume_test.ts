import { assert, assertEquals } from "@std/assert";
import { memoryStorage } from "../../src/client/mod.ts";
import type { Client, MessageView } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import type { TestUser } from "../support/rest.ts";
import { comparable, conversationOf, isOnline, startStage, texts, until } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** Loads a conversation to its beginning. */
async function loadAll(client: Client, id: string): Promise<readonly MessageView[]> {
  const conversation = await conversationOf(client, id);
  await conversation.loadNewest();
  while (conversation.hasOlder) await conversation.loadOlder(100);
  return conversation.messages.map(({ message }) => message);
}

/** What the client has is what the server has, each message once and in order. */
async function assertEqualsHistory(stage: Stage, user: TestUser, client: Client, id: string): Promise<void> {
  const history: MessageView[] = await stage.server.history(user, id);
  const newest = history.at(-1)?.rev ?? 0;
  await until(() => (client.conversations.get(id)?.view.rev ?? 0) >= newest, "the newest change");
  assertEquals(comparable(await loadAll(client, id)), comparable(history));
}

/** The texts of the messages that a client is told of, as they come. */
function told(client: Client): string[] {
  const heard: string[] = [];
  client.on(
    "message",
    ({ message, live }) => void heard.push(`${live ? "live" : "late"} ${message.content.text}`),
  );
  return heard;
}

Deno.test("what is written in the first second after connecting is not missed", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(bruno, [amina]);
  for (let round = 0; round < 5; round++) {
    const client = await stage.signedIn(amina);
    const heard = told(client);
    let isWriting = true;
    const writing = (async () => {
      for (let n = 0; isWriting; n++) await stage.server.send(bruno, id, `${round}/${n}`);
    })();
    client.connect();
    await isOnline(client);
    const before = (await conversationOf(client, id)).view.seq;
    await until(() => (client.conversations.get(id)?.view.seq ?? 0) > before + 20, "20 messages");
    isWriting = false;
    await writing;
    await assertEqualsHistory(stage, amina, client, id);
    const own = heard.map((text) => text.split(" ")[1] ?? "");
    const all = (await stage.server.history(amina, id)).map(({ content }) => content.text);
    assertEquals(
      own,
      all.slice(-own.length),
      "every message that came after the list is told of once, in order",
    );
    await client.close();
  }
});

Deno.test("a connection that is cut in the middle of a resume is resumed from what had come", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const ids = await Promise.all(
    Array.from({ length: 8 }, (_, n) => stage.server.group(bruno, [amina], { name: `Room ${n}` })),
  );
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  await Promise.all(ids.map((id) => loadAll(client, id)));
  const heard = told(client);
  proxy.refuses = true;
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  for (const id of ids) for (let n = 0; n < 10; n++) await stage.server.send(bruno, id, `${id} ${n}`);
  let cuts = 0;
  client.on("connection", ({ status }) => {
    // Each attempt comes a little further than the one before, to within a frame.
    if (status === "catching_up" && cuts < 12) proxy.truncate(1_000 + 3_000 * cuts++);
    if (status === "connecting") proxy.truncate(cuts < 12 ? 20_000 : Infinity);
  });
  proxy.refuses = false;
  // How many attempts it takes depends on how the server's frames fall.
  await until(() => heard.length >= 80 && client.connection.status === "online", "the last attempt");
  assert(cuts > 1);
  for (const id of ids) await assertEqualsHistory(stage, amina, client, id);
  assertEquals(heard.length, 80);
  assertEquals(new Set(heard).size, 80);
});

Deno.test("edits, deletions, reactions and pins while away are there on return", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const [first, second, third] = await Promise.all(
    ["a", "b", "c"].map((text) => stage.server.send(bruno, id, text)),
  );
  const client = await stage.online(amina, { url: proxy.url });
  await loadAll(client, id);
  proxy.refuses = true;
  proxy.cut();
  await stage.server.ok(bruno, `PUT /api/messages/${first.id}`, { content: "a, edited" });
  await stage.server.ok(bruno, `DELETE /api/messages/${second.id}`);
  await stage.server.ok(bruno, `POST /api/messages/${third.id}/reactions`, { emoji: "👍", on: true });
  await stage.server.ok(bruno, `PUT /api/messages/${third.id}/pin`);
  await stage.server.send(bruno, id, "d");
  proxy.refuses = false;
  client.reconnectNow();
  await isOnline(client);
  await assertEqualsHistory(stage, amina, client, id);
  assertEquals((await conversationOf(client, id)).view.lastMessage?.content, "d");
});

Deno.test("a client that missed too much begins anew, and shows no hole", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "before");
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  await loadAll(client, id);
  proxy.refuses = true;
  proxy.cut();
  await Promise.all(Array.from({ length: 520 }, (_, n) => stage.server.send(bruno, id, `${n}`)));
  const conversation = await conversationOf(client, id);
  const stop = conversation.open();
  proxy.refuses = false;
  client.reconnectNow();
  await isOnline(client);
  assertEquals(conversation.view.unread, 521);
  // It is open: the newest page is loaded without being asked for.
  await until(() => conversation.messages.length === 50, "a page");
  assertEquals(conversation.messages.at(-1)?.message.seq, 521);
  await assertEqualsHistory(stage, amina, client, id);
  stop();
});

Deno.test("another epoch makes the client begin anew, also after a reload", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "before the restore");
  const storage = memoryStorage();
  await using before = await stage.online(amina, { storage });
  await loadAll(before, id);
  await before.close();
  await stage.server.store.renewEpoch();
  await stage.server.send(bruno, id, "after the restore");
  const after = stage.client({ storage });
  await after.restore();
  assertEquals(after.conversations.get(id)?.messages.length, 1);
  after.connect();
  await isOnline(after);
  assertEquals(after.conversations.get(id)?.messages, []);
  await assertEqualsHistory(stage, amina, after, id);
  // The cursor is of the new history now.
  await after.close();
  const again = stage.client({ storage });
  await again.restore();
  again.connect();
  await isOnline(again);
  assertEquals(texts(await conversationOf(again, id)), ["before the restore", "after the restore"]);
});

Deno.test("someone who was removed and added again while away has the whole conversation", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(bruno, [amina]);
  await stage.server.send(bruno, id, "before");
  const client = await stage.online(amina, { url: proxy.url });
  await loadAll(client, id);
  proxy.refuses = true;
  proxy.cut();
  await stage.server.ok(bruno, `DELETE /api/conversations/${id}/participants/${amina.id}`);
  await stage.server.send(bruno, id, "without her");
  await stage.server.ok(bruno, `POST /api/conversations/${id}/participants`, { userId: amina.id });
  await stage.server.send(bruno, id, "with her");
  proxy.refuses = false;
  client.reconnectNow();
  await isOnline(client);
  await assertEqualsHistory(stage, amina, client, id);
  await stage.server.send(bruno, id, "live");
  await assertEqualsHistory(stage, amina, client, id);
});

Deno.test("someone who was removed while away loses the conversation, and what it kept", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(bruno, [amina]);
  const storage = memoryStorage();
  const client = await stage.online(amina, { url: proxy.url, storage });
  await loadAll(client, id);
  const removed: string[] = [];
  client.on("removed", (conversation) => void removed.push(conversation.id));
  proxy.refuses = true;
  proxy.cut();
  await stage.server.ok(bruno, `DELETE /api/conversations/${id}/participants/${amina.id}`);
  proxy.refuses = false;
  client.reconnectNow();
  await until(() => removed.length > 0, "to be told");
  assertEquals([removed, client.conversations.get(id)], [[id], undefined]);
  await client.close();
  assertEquals((await storage.keys("")).filter((key) => key.includes(id)), []);
});

Deno.test("two thousand conversations are resumed in parts", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const ids: string[] = [];
  for (let n = 0; n < 2_100; n += 100) {
    const names = Array.from({ length: 100 }, (_, i) => `Room ${n + i}`);
    ids.push(...await Promise.all(names.map((name) => stage.server.group(bruno, [amina], { name }))));
  }
  const client = await stage.online(amina, { url: proxy.url, random: () => 0 });
  assertEquals(client.conversations.all.length, 2_100);
  proxy.refuses = true;
  proxy.cut();
  for (const at of [0, 1_000, 2_099]) await stage.server.send(bruno, ids[at] ?? "", "while away");
  const heard = told(client);
  proxy.refuses = false;
  await until(() => heard.length === 3, "all three");
  await isOnline(client);
  assertEquals(client.conversations.unread, 3);
});

Deno.test("a conversation and its messages are written in one step, so that no reload misses anything", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "0");
  const memory = memoryStorage();
  const snapshots: ReadonlyMap<string, unknown>[] = [];
  const kept = new Map<string, unknown>();
  const storage = {
    ...memory,
    set(entries: ReadonlyMap<string, unknown>) {
      for (const [key, value] of structuredClone(entries)) kept.set(key, value);
      snapshots.push(new Map(kept));
      return memory.set(entries);
    },
  };
  await using client = await stage.online(amina, { storage });
  await loadAll(client, id);
  for (let n = 1; n <= 30; n++) {
    await stage.server.send(bruno, id, `${n}`);
    if (n % 10 === 0) await until(() => client.conversations.get(id)?.view.seq === n + 1, "what was sent");
    if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await client.close();
  const history = comparable(await stage.server.history(amina, id));
  assert(snapshots.length >= 3);
  // Each of these is what a crash at that moment would have left.
  for (const snapshot of snapshots.filter((entries) => entries.has("session"))) {
    const left = memoryStorage();
    await left.set(snapshot);
    await using reloaded = stage.client({ storage: left });
    await reloaded.restore();
    reloaded.connect();
    await isOnline(reloaded);
    assertEquals(comparable(await loadAll(reloaded, id)), history);
  }
});

Deno.test("what was read elsewhere while away is read here on return", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "one");
  const client = await stage.online(amina, { url: proxy.url });
  assertEquals(client.conversations.unread, 1);
  proxy.refuses = true;
  proxy.cut();
  await stage.server.ok(amina, "POST /api/messages/mark-read", { conversationId: id });
  proxy.refuses = false;
  client.reconnectNow();
  await until(() => client.conversations.unread === 0, "the count");
});
