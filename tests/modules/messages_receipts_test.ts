import { assertEquals } from "@std/assert";
import { markDelivered, markRead } from "../../src/modules/messages/receipts.ts";
import { conversationTopic } from "../../src/order/changes.ts";
import type { Change, Collection, Doc, Where } from "../../src/ports/store.ts";
import { altered } from "../order/altered.ts";
import type { World } from "./messages_support.ts";
import { codeOf, openWorld } from "./messages_support.ts";

async function three(world: World): Promise<[ann: string, bob: string, conversationId: string]> {
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  for (const text of ["1", "2", "3"]) await world.send(ann, conversationId, text);
  return [ann, bob, conversationId];
}

async function marks(
  world: World,
  conversationId: string,
  userId: string,
): Promise<(number | string | null)[]> {
  const { lastReadSeq, lastDeliveredSeq, lastReadAt } = await world.member(conversationId, userId);
  return [lastReadSeq, lastDeliveredSeq, lastReadAt];
}

const NOW = "2026-01-01T00:00:00.000Z";

Deno.test("POST mark-read takes the highest of the messages and places named", async () => {
  const bodies: [object, number][] = [
    [{ seq: 2 }, 2],
    [{ messageIds: [2, 1] }, 2],
    [{ messageIds: [1], seq: 3 }, 3],
    [{ messageIds: [3], seq: 1 }, 3],
    [{}, 3],
  ];
  for (const [body, seq] of bodies) {
    await using world = await openWorld();
    const [, bob, conversationId] = await three(world);
    const named = "messageIds" in body && Array.isArray(body.messageIds)
      ? { ...body, messageIds: body.messageIds.map((place) => `${conversationId}-${place}`) }
      : body;
    const answered = await world.call(bob, "POST", "/mark-read", { conversationId, ...named });
    assertEquals([answered.status, answered.body], [200, { message: "Messages marked as read" }]);
    assertEquals(await marks(world, conversationId, bob), [seq, seq, NOW]);
  }
});

Deno.test("POST mark-read with an empty list marks nothing", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  const answered = await world.call(bob, "POST", "/mark-read", { conversationId, messageIds: [] });
  assertEquals(answered.status, 200);
  assertEquals(await marks(world, conversationId, bob), [0, 0, null]);
});

Deno.test("markRead() tells those who have the conversation open, once for each rise", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  for (const seq of [2, 2, 1, 3]) {
    await markRead(world.messages, bob, { conversationId, seq, origin: "connection" });
  }
  const signal = {
    kind: "receipt",
    event: "messages_read",
    userId: bob,
    conversationId,
    origin: "connection",
  };
  const topic = conversationTopic(conversationId);
  assertEquals(world.published, [2, 3].map((seq) => ({ ...signal, seq, topic })));
});

Deno.test("markRead() never goes back, and does not move its time when it stays", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  await markRead(world.messages, bob, { conversationId, seq: 2 });
  world.clock.pass(1_000);
  for (const seq of [0, 1, 2]) await markRead(world.messages, bob, { conversationId, seq });
  assertEquals(await marks(world, conversationId, bob), [2, 2, NOW]);
});

Deno.test("markRead() of two calls at once ends at the higher one", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  await Promise.all([3, 1, 2].map((seq) => markRead(world.messages, bob, { conversationId, seq })));
  assertEquals((await marks(world, conversationId, bob)).slice(0, 2), [3, 3]);
});

Deno.test("markRead() takes no rev", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  await markRead(world.messages, bob, { conversationId, seq: 3 });
  assertEquals([(await world.head(conversationId)).rev, world.hints.length], [3, 3]);
});

Deno.test("markDelivered() raises what was delivered and not what was read", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  for (const seq of [2, 1, 2]) await markDelivered(world.messages, bob, { conversationId, seq, origin: "o" });
  assertEquals(await marks(world, conversationId, bob), [0, 2, null]);
  const topic = conversationTopic(conversationId);
  const signal = {
    kind: "receipt",
    event: "messages_delivered",
    userId: bob,
    conversationId,
    seq: 2,
    origin: "o",
  };
  assertEquals(world.published, [{ ...signal, topic }]);
});

Deno.test("receipts reach the head and not beyond", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  await markDelivered(world.messages, bob, { conversationId, seq: 3 });
  assertEquals(await codeOf(markDelivered(world.messages, bob, { conversationId, seq: 4 })), "beyond_head");
  for (const body of [{ seq: 4 }, { messageIds: [`${conversationId}-4`] }]) {
    const answered = await world.call(bob, "POST", "/mark-read", { conversationId, ...body });
    assertEquals([answered.status, answered.body.code], [400, "beyond_head"]);
  }
  assertEquals(await marks(world, conversationId, bob), [0, 3, null]);
});

Deno.test("mark-read knows no message of another conversation", async () => {
  await using world = await openWorld();
  const [ann, bob, conversationId] = await three(world);
  const elsewhere = await world.send(ann, await world.group(ann, bob), "x");
  for (const id of [elsewhere.id, "nonsense", `${conversationId}-0`]) {
    const body = { conversationId, messageIds: [`${conversationId}-1`, id] };
    assertEquals((await world.call(bob, "POST", "/mark-read", body)).body.code, "not_found");
  }
});

Deno.test("mark-read refuses places that are none", async () => {
  await using world = await openWorld();
  const [, bob, conversationId] = await three(world);
  for (
    const wrong of [{ seq: -1 }, { seq: 1.5 }, { seq: "1" }, { messageIds: "x" }, {
      messageIds: Array(501).fill("x"),
    }]
  ) {
    assertEquals((await world.call(bob, "POST", "/mark-read", { conversationId, ...wrong })).status, 400);
  }
});

Deno.test("markRead() leaves the record of who is removed while it is called as it is", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, bob);
  await world.send(ann, id, "one");
  const store = altered(world.store, {
    async patch<T extends Doc>(into: Collection<T>, record: string, change: Change<T>, onlyIf?: Where<T>) {
      await world.change(id, bob, "none");
      return await world.store.patch(into, record, change, onlyIf);
    },
  });
  const marking = markRead({ ...world.messages, store }, bob, { conversationId: id, seq: 1 });
  assertEquals(await codeOf(marking), "not_found");
  assertEquals((await world.member(id, bob)).lastReadSeq, 0);
});
