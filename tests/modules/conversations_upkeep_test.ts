import { assertEquals, assertRejects } from "@std/assert";
import { PURGE_AFTER_MS, purgeEnded, stripExpired } from "../../src/modules/conversations/upkeep.ts";
import { readMembership } from "../../src/order/reader.ts";
import { conversations, messages, participants } from "../../src/order/records.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Store } from "../../src/ports/store.ts";
import type { World } from "./conversations_support.ts";
import { openWorld } from "./conversations_support.ts";

const DAY = 86_400_000;

/** How many records there are of each kind. */
async function counts(world: World): Promise<number[]> {
  return await Promise.all([
    world.store.count(messages, {}),
    world.store.count(participants, {}),
    world.store.count(conversations, {}),
  ]);
}

/** A group of three with `sent` messages, ended. */
async function endedGroup(world: World, sent: number): Promise<string> {
  const ann = world.people.add("ann");
  const id = await world.group(ann, [world.people.add("bob"), world.people.add("cid")]);
  for (let index = 0; index < sent; index++) await world.send(ann, id, `${index}`);
  await world.call(ann, "DELETE", `/${id}`);
  return id;
}

/** A store that refuses the deletion of heads, as if the process had died before it. */
function refusingHeads(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "delete") return () => Promise.reject(new StoreUnavailable("gone"));
      const member = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

Deno.test("purgeEnded() removes what ended conversations have left, and nothing else", async () => {
  await using world = await openWorld();
  await endedGroup(world, 5);
  await endedGroup(world, 0);
  const kept = world.people.add("kept");
  await world.send(kept, await world.group(kept), "stays");
  world.clock.pass(PURGE_AFTER_MS + 1);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 1_000), 5 + 6 + 2);
  assertEquals(await counts(world), [1, 1, 1]);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 1_000), 0);
});

Deno.test("purgeEnded() waits until nobody can still be applying an earlier change", async () => {
  await using world = await openWorld();
  await endedGroup(world, 1);
  world.clock.pass(PURGE_AFTER_MS);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 1_000), 0);
  world.clock.pass(1);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 1_000), 5);
});

Deno.test("purgeEnded() deletes at most its limit, the head last, and goes on where it stopped", async () => {
  await using world = await openWorld();
  await endedGroup(world, 5);
  world.clock.pass(PURGE_AFTER_MS + 1);
  const purge = () => purgeEnded(world.deps, world.clock.now(), 4);
  assertEquals([await purge(), ...await counts(world)], [4, 1, 3, 1]);
  assertEquals([await purge(), ...await counts(world)], [4, 0, 0, 1]);
  assertEquals([await purge(), ...await counts(world)], [1, 0, 0, 0]);
});

Deno.test("purgeEnded() finishes what a crash has left", async () => {
  await using world = await openWorld();
  await endedGroup(world, 5);
  world.clock.pass(PURGE_AFTER_MS + 1);
  const dying = { store: refusingHeads(world.store) };
  await assertRejects(() => purgeEnded(dying, world.clock.now(), 1_000), StoreUnavailable);
  assertEquals(await counts(world), [0, 0, 1]);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 1_000), 1);
});

Deno.test("purgeEnded() goes through more conversations than it reads at a time", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  for (let index = 0; index < 120; index++) {
    await world.call(ann, "POST", `/${await world.group(ann)}/leave`);
  }
  world.clock.pass(PURGE_AFTER_MS + 1);
  assertEquals(await purgeEnded(world.deps, world.clock.now(), 10_000), 240);
  assertEquals(await counts(world), [0, 0, 0]);
});

Deno.test("stripExpired() strips what is older than the retention, and keeps the places", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob], { settings: { messageRetention: 7 } });
  const old = await world.send(ann, id, "old");
  world.clock.pass(1);
  await world.send(ann, id, "just young enough");
  world.clock.pass(7 * DAY);
  assertEquals(await stripExpired(world.deps, world.clock.now()), 1);
  const { body } = await world.call(bob, "GET", `/${id}`);
  assertEquals([body.rev, body.seq, body.firstSeq], [3, 2, 2]);
  assertEquals(body.lastMessage.content, "just young enough");
  const stored = await world.store.get(messages, old.id);
  assertEquals([stored?.content.text, stored?.isDeleted, stored?.clientId], ["", true, old.clientId]);
  assertEquals([stored?.seq, stored?.senderId, stored?.rev], [1, ann, 3]);
  assertEquals(await stripExpired(world.deps, world.clock.now()), 0);
});

Deno.test("stripExpired() leaves no last message where all have gone, and the place in lists as it was", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const quiet = await world.group(ann, [], { settings: { messageRetention: 1 } });
  await world.send(ann, quiet, "long ago");
  world.clock.pass(DAY + 1);
  const lively = await world.group(ann);
  world.clock.pass(1_000);
  assertEquals(await stripExpired(world.deps, world.clock.now()), 1);
  const { conversations: listed } = (await world.call(ann, "GET", "")).body;
  assertEquals(listed.map(({ id }: { id: string }) => id), [lively, quiet]);
  assertEquals([listed[1].lastMessage, listed[1].firstSeq, listed[1].seq], [null, 2, 1]);
  assertEquals(listed[1].updatedAt, "2026-01-01T00:00:00.000Z");
});

Deno.test("stripExpired() takes a hundred messages a change, and tells of each", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [], { settings: { messageRetention: 1 } });
  await Promise.all(Array.from({ length: 230 }, (_, index) => world.send(ann, id, `${index}`)));
  world.clock.pass(DAY + 1);
  world.hints.length = 0;
  assertEquals(await stripExpired(world.deps, world.clock.now()), 230);
  assertEquals(world.hints.map(({ head }) => [head.rev, head.firstSeq]), [[231, 101], [232, 201], [
    233,
    231,
  ]]);
  const { head } = await readMembership(world.store, id, ann);
  assertEquals([head.seq, head.firstSeq], [230, 231]);
  assertEquals((await world.send(ann, id, "next")).seq, 231);
});

Deno.test("stripExpired() goes through every conversation with retention, more than it reads at a time", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const ids: string[] = [];
  for (let index = 0; index < 210; index++) {
    ids.push(await world.group(ann, [], { settings: { messageRetention: 1 + index % 2 } }));
  }
  const without = await world.group(ann);
  await Promise.all([without, ...ids].map((id) => world.send(ann, id, "text")));
  world.clock.pass(2 * DAY + 1);
  assertEquals(await stripExpired(world.deps, world.clock.now()), 210);
  const heads = await world.store.heads(conversations, [without, ...ids]);
  assertEquals(heads.filter(({ firstSeq }) => firstSeq === 1).map(({ id }) => id), [without]);
});

Deno.test("stripExpired() follows a retention that was changed", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  await world.send(ann, id, "text");
  world.clock.pass(10 * DAY);
  const strip = () => stripExpired(world.deps, world.clock.now());
  assertEquals(await strip(), 0);
  const retain = (messageRetention: number) =>
    world.call(ann, "PATCH", `/${id}`, { settings: { messageRetention } });
  await retain(10);
  assertEquals(await strip(), 0);
  await retain(9);
  assertEquals(await strip(), 1);
  await retain(0);
  world.clock.pass(10 * DAY);
  assertEquals(await strip(), 0);
});
