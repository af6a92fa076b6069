import { assertEquals } from "@std/assert";
import { MAX_KINDS, MAX_REACTIONS, react } from "../../src/modules/messages/reactions.ts";
import type { Reaction } from "../../src/order/records.ts";
import { codeOf, openWorld } from "./messages_support.ts";

Deno.test("POST sets, keeps, clears and toggles a reaction", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const { id } = await world.send(ann, conversationId, "x");
  const mine = { userId: ann, emoji: "👍", addedAt: "2026-01-01T00:00:00.000Z" };
  const steps: [object, Reaction[], number][] = [
    [{ on: true }, [mine], 2],
    [{ on: true }, [mine], 2],
    [{ on: false }, [], 3],
    [{ on: false }, [], 3],
    [{}, [mine], 4],
    [{}, [], 5],
  ];
  for (const [more, reactions, rev] of steps) {
    const { status, body } = await world.call(ann, "POST", `/${id}/reactions`, { emoji: "👍", ...more });
    assertEquals([status, body], [200, { reactions }]);
    assertEquals((await world.head(conversationId)).rev, rev);
  }
  assertEquals(
    world.hints.slice(1).map(({ changes }) => changes[0]?.event),
    Array(4).fill("reaction_updated"),
  );
});

Deno.test("react() takes one emoji and nothing else", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const { id } = await world.send(ann, await world.group(ann), "x");
  for (const emoji of ["👩🏻‍❤️‍💋‍👩🏿", "🇩🇪", "1️⃣"]) {
    assertEquals((await react(world.messages, ann, id, { emoji, on: true })).reactions.at(-1)?.emoji, emoji);
  }
  for (const [plain, emoji] of [["\u2764", "❤️"], ["1\u20e3", "1️⃣"], ["👁\u200d🗨", "👁️‍🗨️"]] as const) {
    for (const given of [plain, emoji]) {
      const { reactions } = await react(world.messages, ann, id, { emoji: given, on: true });
      assertEquals(reactions.filter((reaction) => reaction.emoji === emoji).length, 1, plain);
    }
  }
  for (const emoji of ["", "ok", "👍👍", "1", " 👍", null, 7]) {
    const { status, body } = await world.call(ann, "POST", `/${id}/reactions`, { emoji });
    assertEquals([status, body.errors[0].field], [400, "emoji"]);
  }
});

Deno.test("react() keeps one of each emoji a user, also when two users, or one on two nodes, react at once", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const { id } = await world.send(ann, await world.group(ann, bob), "x");
  const other = world.anotherNode();
  await Promise.all([
    react(world.messages, ann, id, { emoji: "👍", on: true }),
    react(world.messages, bob, id, { emoji: "👍", on: true }),
    react(other, ann, id, { emoji: "👍", on: true }),
    react(other, bob, id, { emoji: "🎉", on: true }),
    react(other, ann, id, { emoji: "🎉", on: true }),
  ]);
  const { reactions } = await world.record(id);
  const kept = reactions.map(({ userId, emoji }) => `${userId === ann ? "ann" : "bob"} ${emoji}`);
  assertEquals(kept.sort(), ["ann 🎉", "ann 👍", "bob 🎉", "bob 👍"].sort());
});

Deno.test("react() clears the caller's own reaction alone", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const { id } = await world.send(ann, await world.group(ann, bob), "x");
  for (const user of [ann, bob]) await react(world.messages, user, id, { emoji: "👍", on: true });
  const { reactions } = await react(world.messages, ann, id, { emoji: "👍", on: false });
  assertEquals(reactions.map(({ userId }) => userId), [bob]);
});

Deno.test("react() takes 50 kinds, and more of those that are there", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const { id } = await world.send(ann, await world.group(ann, bob), "x");
  const emoji = (index: number) => String.fromCodePoint(0x1f600 + index);
  await Promise.all(
    Array.from(
      { length: MAX_KINDS },
      (_, i) => react(world.messages, ann, id, { emoji: emoji(i), on: true }),
    ),
  );
  const one = { emoji: emoji(MAX_KINDS), on: true };
  const { status, body } = await world.call(bob, "POST", `/${id}/reactions`, one);
  assertEquals([status, body.code], [409, "too_many_reactions"]);
  assertEquals((await react(world.messages, bob, id, { emoji: emoji(0) })).reactions.length, MAX_KINDS + 1);
  await react(world.messages, ann, id, { emoji: emoji(1), on: false });
  assertEquals((await react(world.messages, bob, id, one)).reactions.length, MAX_KINDS + 1);
});

Deno.test("react() takes 1,000 reactions of the longest emoji, and not one more", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const { id } = await world.send(ann, conversationId, "x".repeat(8_000));
  const emoji = "👩🏻‍❤️‍💋‍👩🏿";
  const addedAt = "2026-01-01T00:00:00.000Z";
  const reactions = Array.from({ length: MAX_REACTIONS - 1 }, (_, i) => ({
    userId: `u${i}`.padEnd(26, "x"),
    emoji,
    addedAt,
  }));
  await world.messages.writer.write(conversationId, {
    messages: [id],
    plan(draft) {
      const message = draft.message(id);
      if (message) draft.changeMessage(message, "reaction_updated", { reactions });
    },
  });
  assertEquals((await react(world.messages, ann, id, { emoji })).reactions.length, MAX_REACTIONS);
  assertEquals(await codeOf(react(world.messages, ann, id, { emoji: "👍" })), "too_many_reactions");
  assertEquals((await react(world.messages, ann, id, { emoji, on: true })).reactions.length, MAX_REACTIONS);
});
