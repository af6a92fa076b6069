import { assertEquals, assertStrictEquals } from "@std/assert";
import { edit } from "../../src/modules/messages/edit.ts";
import { markRead } from "../../src/modules/messages/receipts.ts";
import { MessageViews } from "../../src/modules/messages/view.ts";
import type { StreamChange } from "../../src/order/changes.ts";
import type { Message } from "../../src/order/records.ts";
import type { World } from "./messages_support.ts";
import { countingReads, openWorld } from "./messages_support.ts";

function recordOf(change: StreamChange | undefined): Message {
  if (change?.event === undefined || change.event === "conversation") throw new Error("no message changed");
  return change.message;
}

function lastRecord(world: World): Message {
  return recordOf(world.hints.at(-1)?.changes.at(-1));
}

Deno.test("showCommitted() shows a new message without any query, as its sender's answer", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  const answered = await world.send(ann, id, "hello @bob");
  const { store, reads } = countingReads(world.store);
  const views = new MessageViews(store, world.people);
  const [shown] = await views.showCommitted(await world.head(id), [lastRecord(world)]);
  assertEquals([shown, reads()], [answered, 0]);
});

Deno.test("showCommitted() gives the sender and all connections one and the same view, made once", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const answered = await world.send(ann, id, "hello");
  const asked = world.people.asked;
  const [shown] = await world.messages.views.showCommitted(await world.head(id), [lastRecord(world)]);
  assertStrictEquals(shown, answered);
  assertEquals(world.people.asked, asked);
});

Deno.test("showCommitted() of two at once makes one view", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  await world.send(ann, id, "hello");
  const views = new MessageViews(world.store, world.people);
  const head = await world.head(id);
  const record = lastRecord(world);
  const [[one], [other]] = await Promise.all([
    views.showCommitted(head, [record]),
    views.showCommitted(head, [record]),
  ]);
  assertStrictEquals(one, other);
});

Deno.test("showCommitted() keeps the order of the records, shown before or not", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  await Promise.all([world.send(ann, id, "1"), world.send(bob, id, "2"), world.send(ann, id, "3")]);
  const records = world.hints.flatMap(({ changes }) => changes.map(recordOf));
  const views = new MessageViews(world.store, world.people);
  const head = await world.head(id);
  await views.showCommitted(head, records.slice(1, 2));
  const shown = await views.showCommitted(head, records);
  assertEquals(shown.map(({ content, sender }) => `${content.text} ${sender.username}`), [
    "1 ann",
    "2 bob",
    "3 ann",
  ]);
});

Deno.test("showCommitted() of an edit tells who has read the message", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const { id } = await world.send(ann, conversationId, "one");
  await markRead(world.messages, bob, { conversationId, seq: 1 });
  const edited = await edit(world.messages, ann, id, "two");
  assertEquals(edited.readBy, [{ userId: bob, readAt: "2026-01-01T00:00:00.000Z" }]);
});

Deno.test("showAnew() shows what is so at this moment, under a head of any time", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const head = await world.head(conversationId);
  const asked = await world.send(ann, conversationId, "one");
  await world.send(bob, conversationId, "yes", { replyTo: asked.id });
  const record = lastRecord(world);
  await edit(world.messages, ann, asked.id, "two");
  const [shown] = await world.messages.views.showAnew(head, [record]);
  assertEquals([shown?.replyTo?.text, shown?.readBy], ["two", []]);
});
