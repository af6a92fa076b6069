import { assert, assertEquals, assertRejects } from "@std/assert";
import { ParleyError } from "../../src/client/mod.ts";
import type { Client } from "../../src/client/mod.ts";
import type { TestUser } from "../support/rest.ts";
import { Proxy } from "../support/proxy.ts";
import { TravellingClock } from "./clock.ts";
import { conversationOf, startStage, texts, until } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** Sends numbers, from 1. */
async function fill(stage: Stage, user: TestUser, id: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await stage.server.send(user, id, `${n}`);
}

/** Texts from one number to another. */
function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);
}

Deno.test("history is loaded in pages, from the newest back to the first", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await fill(stage, bruno, id, 120);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  assertEquals([conversation.messages.length, conversation.hasOlder, conversation.hasNewer], [
    0,
    true,
    false,
  ]);
  await conversation.loadNewest();
  assertEquals(texts(conversation), numbers(71, 120));
  await conversation.loadOlder();
  assertEquals(texts(conversation), numbers(21, 120));
  await conversation.loadOlder(100);
  assertEquals([texts(conversation), conversation.hasOlder], [numbers(1, 120), false]);
});

Deno.test("a stretch around a place takes in nothing live until it has reached the newest", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await fill(stage, bruno, id, 150);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  const stop = conversation.open();
  await until(() => conversation.messages.length === 50, "the newest");
  await conversation.loadAround(40);
  assertEquals(texts(conversation), numbers(15, 64));
  assertEquals([conversation.hasOlder, conversation.hasNewer], [true, true]);
  await stage.server.send(bruno, id, "151");
  await until(() => conversation.view.seq === 151, "the live one");
  assertEquals(texts(conversation), numbers(15, 64));
  await conversation.loadNewer(30);
  assertEquals([texts(conversation), conversation.hasNewer], [numbers(15, 94), true]);
  // The next page reaches the stretch that was loaded first, and what came live behind it.
  await conversation.loadNewer();
  assertEquals([texts(conversation), conversation.hasNewer], [numbers(15, 151), false]);
  await stage.server.send(bruno, id, "152");
  await until(() => texts(conversation).at(-1) === "152", "the next live one");
  // A stretch that overlaps the one that is there becomes one with it.
  await conversation.loadAround(5);
  assertEquals([texts(conversation), conversation.hasOlder], [numbers(1, 152), false]);
  stop();
});

Deno.test("what is on its way is shown behind a stretch elsewhere, until it is stored", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await fill(stage, bruno, id, 120);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  await conversation.loadAround(30);
  conversation.send("mine");
  assertEquals(texts(conversation), [...numbers(5, 54), "mine"]);
  await until(() => conversation.view.seq === 121, "the push");
  assertEquals(texts(conversation), numbers(5, 54));
  await conversation.loadNewest();
  assertEquals(texts(conversation).at(-1), "mine");
});

Deno.test("pages and live changes meet without a hole or an old state, whoever is first", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await fill(stage, bruno, id, 60);
  const history = await stage.server.history(bruno, id);
  // The page is answered, and held back while the same messages change.
  const [answered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).includes("/messages/conversation/")) return response;
    answered.resolve();
    await gate.promise;
    return response;
  };
  const client = await stage.online(amina, { fetch: slow });
  const conversation = await conversationOf(client, id);
  const loading = conversation.loadNewest();
  await answered.promise;
  await stage.server.ok(bruno, `PUT /api/messages/${history[50].id}`, { content: "51, edited" });
  await stage.server.ok(bruno, `DELETE /api/messages/${history[51].id}`);
  await stage.server.send(bruno, id, "61");
  await stage.server.ok(bruno, `PUT /api/messages/${history[59].id}`, { content: "60, edited" });
  await until(() => conversation.view.rev === 64, "the changes");
  gate.resolve();
  await loading;
  const expected = [...numbers(11, 50), "51, edited", "", ...numbers(53, 59), "60, edited", "61"];
  assertEquals(texts(conversation).slice(-51), expected);
});

Deno.test("snapshots are the same objects until they change", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const other = await stage.server.group(amina, [bruno]);
  await fill(stage, bruno, id, 3);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  await conversation.loadNewest();
  const before = [conversation.messages, conversation.view, client.conversations.all, conversation.receipts];
  await stage.server.send(bruno, other, "elsewhere");
  await until(() => client.conversations.get(other)?.view.seq === 1, "the other");
  assert(
    conversation.messages === before[0] && conversation.view === before[1] &&
      conversation.receipts === before[3],
  );
  assert(client.conversations.all !== before[2]);
  const [first] = conversation.messages;
  await stage.server.send(bruno, id, "4");
  await until(() => conversation.messages.length === 4, "the next");
  assert(conversation.messages !== before[0] && conversation.view !== before[1]);
  assert(conversation.messages[0] === first, "what has not changed is the same");
});

Deno.test("one's own edits, deletions, reactions and pins are there at the latest when they are told", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(amina, [bruno]);
  const client = await stage.online(amina);
  const conversation = await conversationOf(client, id);
  conversation.send("hello");
  await until(() => conversation.messages[0]?.state === "sent", "the message");
  const message = () => {
    const [first] = conversation.messages;
    assert(first);
    return first.message;
  };
  await conversation.edit(message().id, "hello, edited");
  assertEquals([message().content.text, message().isEdited], ["hello, edited", true]);
  await conversation.react(message().id, "👍", true);
  await until(() => message().reactions.length === 1, "the reaction");
  await conversation.react(message().id, "👍", false);
  await until(() => message().reactions.length === 0, "its end");
  await conversation.pin(message().id, true);
  assertEquals(message().isPinned, true);
  await conversation.pin(message().id, false);
  assertEquals(message().isPinned, false);
  await conversation.delete(message().id);
  await until(() => message().isDeleted, "the deletion");
  assertEquals(conversation.view.lastMessage?.content, "");
  const error = await assertRejects(() => conversation.edit(message().id, "again"), ParleyError);
  assertEquals(error.code, "message_deleted");
});

Deno.test("members come, go and take roles, and the loaded ones follow", async () => {
  await using stage = await startStage();
  const [amina, bruno, chidi] = await stage.server.users("amina", "bruno", "chidi");
  const client = await stage.online(amina);
  const other = await stage.online(bruno);
  const conversation = await client.conversations.create({
    type: "group",
    name: "Tea",
    participants: [bruno.id],
  });
  const stop = conversation.open();
  const roles = () =>
    Object.fromEntries(conversation.participants.map(({ user, role }) => [user.username, role]));
  await until(() => conversation.participants.length === 2, "the members");
  await conversation.addParticipant(chidi.id);
  await until(() => roles().chidi === "member", "the new one");
  await conversation.setRole(bruno.id, "moderator");
  await until(() => roles().bruno === "moderator", "the role");
  assertEquals(conversation.view.participantCount, 3);
  await conversation.update({ name: "Coffee" });
  assertEquals(conversation.view.name, "Coffee");
  await until(() => other.conversations.get(conversation.id)?.view.name === "Coffee", "the other to know");
  await conversation.removeParticipant(chidi.id);
  await until(() => roles().chidi === undefined, "the one who left");
  const theirs = await conversationOf(other, conversation.id);
  await theirs.leave();
  assertEquals(other.conversations.get(conversation.id), undefined);
  await until(() => conversation.participants.length === 1, "one member");
  stop();
  await conversation.delete_();
  assertEquals(client.conversations.all, []);
});

Deno.test("members who changed while the client was away are loaded again", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno, chidi] = await stage.server.users("amina", "bruno", "chidi");
  const id = await stage.server.group(bruno, [amina]);
  const client = await stage.online(amina, { url: proxy.url });
  const conversation = await conversationOf(client, id);
  const stop = conversation.open();
  await until(() => conversation.participants.length === 2, "the members");
  proxy.refuses = true;
  proxy.cut();
  await stage.server.ok(bruno, `POST /api/conversations/${id}/participants`, { userId: chidi.id });
  proxy.refuses = false;
  client.reconnectNow();
  await until(() => conversation.participants.length === 3, "the new member");
  stop();
});

Deno.test("a public group is joined, and a direct conversation that was hidden comes back with its next message", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const open = await stage.server.group(bruno, [], { settings: { isPublic: true } });
  const client = await stage.online(amina);
  const joined = await client.conversations.join(open);
  assertEquals(joined.id, open);
  await stage.server.send(bruno, open, "welcome");
  await until(() => joined.view.lastMessage?.content === "welcome", "the message");
  const direct = await client.conversations.create({ type: "direct", participants: [bruno.id] });
  direct.send("hello");
  await until(() => direct.view.seq === 1, "the message");
  await direct.delete_();
  assertEquals(client.conversations.get(direct.id), undefined);
  const heard: string[] = [];
  client.on("message", ({ message }) => void heard.push(message.content.text));
  await stage.server.send(bruno, direct.id, "back");
  const again = await conversationOf(client, direct.id);
  await until(() => heard.includes("back"), "to be told");
  await again.loadNewest();
  assertEquals([texts(again), heard], [["hello", "back"], ["back"]]);
});

Deno.test("the first message of a conversation that has just come to be is told of, however close it follows", async () => {
  await using stage = await startStage();
  const [amina, ...others] = await stage.server.users(
    "amina",
    "bruno",
    "chidi",
    "dara",
    "ewa",
    "femi",
    "gita",
  );
  const client = await stage.online(amina);
  const heard: string[] = [];
  client.on("message", ({ message }) => void heard.push(message.content.text));
  await Promise.all(others.map(async (other) => {
    const id = await stage.server.direct(other, amina);
    await stage.server.send(other, id, `${other.name} 1`);
    await stage.server.send(other, id, `${other.name} 2`);
  }));
  await until(() => heard.length === 12, `all of them`);
  for (const { name } of others) {
    assertEquals(heard.filter((text) => text.startsWith(name)), [`${name} 1`, `${name} 2`]);
  }
});

Deno.test("the list is in the order of the latest activity, with what is not read", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const ids: string[] = [];
  for (const name of ["A", "B", "C"]) ids.push(await stage.server.group(bruno, [amina], { name }));
  const client = await stage.online(amina);
  const names = () => client.conversations.all.map(({ view }) => view.name).join("");
  assertEquals([names(), client.conversations.unread, client.conversations.loaded], ["CBA", 0, true]);
  await stage.server.send(bruno, ids[0] ?? "", "hello");
  await until(() => names() === "ACB", "the new order");
  assertEquals(client.conversations.unread, 1);
  const list = await stage.server.ok(amina, "GET /api/conversations");
  assertEquals(names(), list.conversations.map(({ name }: { name: string }) => name).join(""));
});

Deno.test("a conversation that is not open keeps its newest messages in memory, and no more than it needs", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await fill(stage, bruno, id, 1);
  const client: Client = await stage.online(amina, { clock: new TravellingClock() });
  const conversation = await conversationOf(client, id);
  await conversation.loadNewest();
  await fill(stage, bruno, id, 450);
  await until(() => conversation.view.seq === 451, "all");
  assert(conversation.messages.length < 400 && conversation.messages.length >= 200);
  assertEquals([texts(conversation).at(-1), conversation.hasOlder], ["450", true]);
});
