import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/kernel/clock.ts";
import { Rivals } from "../../src/order/rivals.ts";
import { Turns } from "../../src/order/turns.ts";
import type { TurnSignal } from "../../src/order/turns.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Collection, Commit, Head, Store } from "../../src/ports/store.ts";
import { TestClock } from "../support/http.ts";
import { altered } from "./altered.ts";
import { send } from "./changes.ts";
import { committing, Fixture } from "./fixture.ts";

/** Turns with a clock, and to whom they were given, in how many milliseconds. */
function turns(): { clock: TestClock; turns: Turns; given: [string, number][] } {
  const clock = new TestClock();
  const given: [string, number][] = [];
  return { clock, given, turns: new Turns({ clock }, (instance, inMs) => given.push([instance, inMs])) };
}

/** Rivals of `me` with a clock, and what they were asked. */
function rivals(): { clock: TestClock; rivals: Rivals; asked: [string, number][] } {
  const clock = new TestClock();
  const asked: [string, number][] = [];
  const deps = { clock, instance: "me" };
  return { clock, asked, rivals: new Rivals(deps, (instance, ms) => asked.push([instance, ms])) };
}

/** Whether a promise has resolved by the end of this turn. */
async function resolved(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => done = true);
  await new Promise((resolve) => setTimeout(resolve));
  return done;
}

Deno.test("a turn ends when all who wanted one are done", async () => {
  const { turns: t, given } = turns();
  assertEquals(t.due, false);
  t.want("far", 500, false);
  t.want("farther", 900, false);
  assertEquals([t.due, given], [true, []]);
  const waiting = t.wait();
  assertEquals(given, [["far", 0], ["farther", 0]]);
  t.done("far");
  assertEquals(await resolved(waiting), false);
  t.want("farthest", 100, false);
  assertEquals(given.at(-1), ["farthest", 0], "while others have their turn, so has one more");
  t.done("farther");
  t.done("farthest");
  assertEquals([await resolved(waiting), t.due], [true, false]);
});

Deno.test("a turn ends after the time that was asked for, and never takes longer than 2 s", async () => {
  for (const [ms, longest] of [[300, 300], [60_000, 2_000]] as const) {
    const { turns: t, clock } = turns();
    t.want("gone", ms, false);
    const waiting = t.wait();
    clock.move(longest - 1);
    assertEquals(await resolved(waiting), false);
    clock.move(1);
    assertEquals(await resolved(waiting), true);
  }
});

Deno.test("who has waited for others writes for as long before it waits again, and says when that will be", async () => {
  const { turns: t, clock, given } = turns();
  t.want("far", 400, false);
  const waiting = t.wait();
  clock.move(400);
  await waiting;
  clock.move(100);
  t.want("far", 400, false);
  assertEquals([t.due, given.at(-1)], [false, ["far", 300]]);
  clock.move(300);
  assertEquals(t.due, true);
});

Deno.test("who is in nobody's way gives a turn at once, and one that was wanted long ago is wanted no more", () => {
  const { turns: t, clock, given } = turns();
  t.want("far", 400, true);
  assertEquals([given, t.due], [[["far", 0]], true]);
  clock.move(5_001);
  assertEquals(t.due, false);
});

Deno.test("who loses for a quarter of a second asks the winner, and waits until it is given a turn", async () => {
  const { rivals: r, clock, asked } = rivals();
  r.saw("near.1");
  clock.move(200);
  await r.lost(200);
  assertEquals([asked, r.losing], [[], true]);
  clock.move(100);
  const waiting = r.lost(100);
  assertEquals(asked, [["near", 200]]);
  r.given(5_000);
  clock.move(5_000);
  assertEquals(await resolved(waiting), false);
  r.given(0);
  assertEquals(await resolved(waiting), true);
  r.done();
  assertEquals([asked.at(-1), r.losing], [["near", 0], false]);
  r.done();
  r.saw("nearer.1");
  assertEquals(asked, [["near", 200], ["near", 0]], "nothing is wanted any more");
});

Deno.test("who is given no turn goes ahead after about as long as an attempt takes", async () => {
  const { rivals: r, clock } = rivals();
  r.saw("near.1");
  const waiting = r.lost(300);
  clock.move(149);
  assertEquals(await resolved(waiting), false);
  clock.move(151);
  assertEquals(await resolved(waiting), true);
});

Deno.test("who has lost to nobody that it knows, or to itself, goes ahead, and asks whom it then sees to have won", async () => {
  const { rivals: r, asked } = rivals();
  await r.lost(300);
  r.saw("me.7");
  await r.lost(300);
  assertEquals(asked, []);
  r.saw("near.8");
  r.saw("near.9");
  assertEquals(asked, [["near", 600]]);
});

Deno.test("a writer that loses is in nobody's way, asks the winner, and says when it has had its turn", async () => {
  await using fixture = await Fixture.open();
  await fixture.node().writer.write("c", send("ben", "1", "the winner's"));
  const clock = new TestClock();
  const told: unknown[][] = [];
  const store = committing(fixture.store, (commit) => {
    clock.move(300);
    return told.length > 0 ? commit() : Promise.resolve(false);
  });
  const writer = new Writer({
    ...{ store, clock, instance: "me", publish: () => {} },
    tell: (other, { word, ms }) => told.push([other, word, ms]),
  });
  const hear = (word: TurnSignal["word"], by: string, ms: number) =>
    writer.hear({ kind: "turn", conversationId: "c", word, by, ms });
  const writing = writer.write("c", send("ann", "2", "text"));
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(told, [["node1", "wanted", 600]]);
  hear("wanted", "far", 100);
  assertEquals(told.at(-1), ["far", "given", 0]);
  hear("done", "far", 0);
  hear("given", "node1", 0);
  assertEquals((await writing).seq, 2);
  await writer.settled();
  assertEquals(told.at(-1), ["node1", "done", 0]);
});

/** The store as a process sees it to which it is `ms` away. */
function away(store: Store, ms: number): Store {
  const later = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, ms / 2));
    const answer = await work();
    await new Promise((resolve) => setTimeout(resolve, ms / 2));
    return answer;
  };
  return altered(store, {
    open: <H extends Head>(from: Collection<H>, id: string) => later(() => store.open(from, id)),
    heads: <H extends Head>(from: Collection<H>, ids: readonly string[]) =>
      later(() => store.heads(from, ids)),
    commit: <H extends Head>(commit: Commit<H>) => later(() => store.commit(commit)),
  });
}

Deno.test("a writer far from the store gets its turns while a near one goes on writing", async () => {
  await using fixture = await Fixture.open();
  const writers = new Map<string, Writer>();
  const start = (instance: string, ms: number) => {
    const store = away(fixture.store, ms);
    const writer = new Writer({
      ...{ store, clock: systemClock, instance },
      publish: () => {},
      tell: (other, signal) => writers.get(other)?.hear(signal),
    });
    writers.set(instance, writer);
    return writer;
  };
  const [near, far] = [start("near", 2), start("far", 150)];
  const late = performance.now() + 60_000;
  let [done, written] = [false, 0];
  const writing = (async () => {
    for (; !done && performance.now() < late; written++) {
      await near.write("c", send("ann", `near-${written}`, "text"));
    }
  })();
  const between: number[] = [];
  for (let n = 0; n < 3; n++) {
    const before = written;
    await far.write("c", send("ben", `far-${n}`, "text"));
    between.push(written - before);
  }
  done = true;
  assert(performance.now() < late, "it got none");
  await writing;
  assert(between.every((count) => count > 0), `the near one wrote ${between}`);
  const own = (await fixture.messages()).filter(({ senderId }) => senderId === "ben");
  assertEquals(own.map(({ clientId }) => clientId), ["far-0", "far-1", "far-2"]);
});
