import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../src/adapters/bus/fold.ts";
import { Gaps } from "../../src/adapters/bus/gaps.ts";
import type { Outgoing } from "../../src/adapters/bus/outbox.ts";
import { Outbox } from "../../src/adapters/bus/outbox.ts";
import { decode, encode, isFrom } from "../../src/adapters/bus/wire.ts";
import { backoff } from "../../src/kernel/backoff.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { BusMessage } from "../../src/ports/bus.ts";

/** An outbox whose batches are answered by hand. */
function outbox(over: { maxSize?: number; inFlight?: number; ready?: () => boolean } = {}) {
  const batches: { texts: string[]; done: PromiseWithResolvers<void> }[] = [];
  const lost: string[] = [];
  const box = new Outbox({
    ready: () => true,
    inFlight: 1,
    ...over,
    send(batch: readonly Outgoing[]) {
      const done = Promise.withResolvers<void>();
      batches.push({ texts: batch.map(({ text }) => text), done });
      return done.promise;
    },
    onLost: (texts) => lost.push(...texts.map(({ text }) => text)),
  });
  return { box, batches, lost };
}

/** Until the end of the next turn: a timer alone may come before what the turn gathers is given out. */
const turn = () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));

Deno.test("outbox: what one turn brings goes out as one batch, in order", async () => {
  const { box, batches } = outbox();
  for (const text of ["a", "b", "c"]) box.push("x", text);
  assertEquals(batches.length, 0);
  await turn();
  assertEquals(batches.map(({ texts }) => texts), [["a", "b", "c"]]);
});

Deno.test("outbox: no more batches are on their way than allowed; the next one takes what has gathered", async () => {
  const { box, batches } = outbox({ inFlight: 2 });
  for (const text of ["a", "b", "c", "d"]) {
    box.push("x", text);
    await turn();
  }
  assertEquals(batches.map(({ texts }) => texts), [["a"], ["b"]]);
  batches[0]?.done.resolve();
  await turn();
  assertEquals(batches.map(({ texts }) => texts), [["a"], ["b"], ["c", "d"]]);
});

Deno.test("outbox: what exceeds its size is lost, until there is room again", async () => {
  const { box, batches, lost } = outbox({ maxSize: 10 });
  for (const text of ["1234", "5678", "90ab", "cd"]) box.push("x", text);
  assertEquals([lost, box.accepted, box.lost], [["90ab"], 3, 1]);
  await turn();
  batches[0]?.done.resolve();
  await turn();
  box.push("x", "0123456789");
  assertEquals([box.accepted, box.lost], [4, 1]);
});

Deno.test("outbox: a failed batch is lost with what waits behind it, and later ones go out", async () => {
  const { box, batches, lost } = outbox({ maxSize: 4 });
  box.push("x", "a");
  await turn();
  box.push("x", "b");
  box.push("x", "c");
  batches[0]?.done.reject(new Error("no answer"));
  await turn();
  assertEquals([lost, box.lost], [["a", "b", "c"], 3]);
  box.push("x", "defg");
  await turn();
  assertEquals(batches.map(({ texts }) => texts), [["a"], ["defg"]]);
});

Deno.test("outbox: nothing is kept while there is no sense in sending", () => {
  const { box, lost } = outbox({ ready: () => false });
  box.push("x", "a");
  assertEquals([lost, box.accepted], [["a"], 0]);
});

Deno.test("outbox: settled() resolves once everything that was taken has gone out", async () => {
  const { box, batches } = outbox();
  box.push("x", "a");
  let settled = false;
  const all = box.settled().then(() => settled = true);
  await turn();
  assertEquals(settled, false);
  batches[0]?.done.resolve();
  await all;
  assertEquals(batches.length, 1);
});

/** A clock whose one timer is run by hand. */
function handClock(): Clock & { run(): void } {
  let waiting: (() => void) | undefined;
  return {
    now: () => 0,
    after(_ms, task) {
      waiting = task;
      return () => waiting = undefined;
    },
    every: () => () => {},
    run() {
      const task = waiting;
      waiting = undefined;
      task?.();
    },
  };
}

Deno.test("gaps: the first is told at once, those that follow closely as one more", () => {
  const clock = handClock();
  const gaps = new Gaps(clock);
  let told = 0;
  const leave = gaps.listen(() => told++);
  gaps.tell();
  assertEquals(told, 1);
  for (let n = 0; n < 10; n++) gaps.tell();
  assertEquals(told, 1);
  clock.run();
  assertEquals([told, gaps.count], [2, 2]);
  clock.run();
  assertEquals(told, 2);
  gaps.tell();
  leave();
  clock.run();
  assertEquals(told, 3);
});

Deno.test("wire: what is encoded is decoded, and known by its sender alone", () => {
  const message = { kind: "x", text: 'a"\n\u2028é👩‍👩‍👧', list: [1, null, { deep: true }] } as BusMessage;
  const text = encode("NODE1", 'topic "1"', message);
  assertEquals(decode(text), { topic: 'topic "1"', message });
  assertEquals([isFrom("NODE1", text), isFrom("NODE", text), isFrom("NODE2", text)], [true, false, false]);
  assert(!text.includes("\n"));
});

Deno.test("wire: what is none of ours is not understood, and never throws", () => {
  const foreign = [
    "",
    "{",
    "null",
    "[]",
    '["n","t"]',
    '["n","t",null]',
    '["n","t",{}]',
    '["n","t",{"kind":1}]',
    '[1,"t",{"kind":"x"}]',
    '["n",{},{"kind":"x"}]',
    '["n","t",{"kind":"x"},1]',
  ];
  assertEquals(foreign.map(decode), foreign.map(() => undefined));
});

Deno.test("fold: topics spread over all channels, each always on the same one", () => {
  const counts = Array.from({ length: 16 }, () => 0);
  for (let n = 0; n < 16_000; n++) {
    const channel = fold(`c:${n}`, 16);
    counts[channel] = (counts[channel] ?? 0) + 1;
  }
  assertEquals(fold("c:1", 16), fold("c:1", 16));
  assert(counts.every((count) => count > 700 && count < 1_300), String(counts));
  assertEquals(fold("foobar", 2 ** 32), 0xbf9cf968);
});

Deno.test("backoff: delays double from 50 ms to 3 s, one half of each at random", () => {
  const least = Array.from({ length: 9 }, (_, n) => backoff(n + 1, () => 0));
  const most = Array.from({ length: 9 }, (_, n) => backoff(n + 1, () => 1));
  assertEquals(most, [50, 100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
  assertEquals(least, most.map((ms) => ms / 2));
  assertEquals(backoff(10_000, () => 1), 3_000);
});
