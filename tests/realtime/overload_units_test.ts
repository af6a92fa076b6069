import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { exposition } from "../../src/http/exposition.ts";
import { takeOrPass, takeSurely } from "../../src/http/limits.ts";
import { overloaded } from "../../src/kernel/backoff.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { Metrics } from "../../src/kernel/metrics.ts";
import { Alarm, LOOK_MS, Pressure } from "../../src/kernel/pressure.ts";
import { Turnstile } from "../../src/kernel/turnstile.ts";
import { timedStore, watchedLimiter } from "../../src/metrics.ts";
import type { Limiter } from "../../src/ports/limiter.ts";
import { UNLIMITED } from "../../src/ports/limiter.ts";
import type { Store } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TestClock } from "../support/http.ts";
import { StallingClock } from "./stalling_clock.ts";

const MB = 1024 * 1024;

Deno.test("an alarm goes on above one value and off at another, and with a bound of 0 never", () => {
  const alarm = new Alarm(100, 50);
  assertEquals([100, 101, 51, 50, 100, 101].map((value) => alarm.at(value)), [
    ...[false, true, true, false, false, true],
  ]);
  assertEquals(new Alarm(0, 0).at(Infinity), false);
});

/** A pressure over a clock that can be late, and memory that a test sets. */
function underPressure(maxLoopDelayMs: number, maxMemory: number): {
  clock: StallingClock;
  pressure: Pressure;
  hold: (rss: number) => void;
} {
  const clock = new StallingClock();
  let rss = 0;
  const memory = () => ({ rss, heapTotal: 0, heapUsed: 0, external: 0 });
  const pressure = new Pressure({ clock, memory, limits: { maxLoopDelayMs, maxMemory } });
  pressure.start();
  const hold = (bytes: number) => {
    rss = bytes;
    clock.move(LOOK_MS);
  };
  return { clock, pressure, hold };
}

Deno.test("a loop that is late again and again is told from one long turn, in three steps, and recovers", () => {
  const { clock, pressure } = underPressure(500, 0);
  const steps = () => [pressure.strained, pressure.late, pressure.full, pressure.choked];
  clock.move(60_000);
  assertEquals([pressure.loopDelayMs, ...steps()], [0, false, false, false, false]);
  clock.stall(300);
  assertEquals(steps(), [false, false, false, false], "one turn of 300 ms");
  for (let turns = 0; turns < 10; turns++) clock.stall(300);
  assertEquals(steps(), [true, false, false, false], "every turn takes 300 ms");
  for (let turns = 0; turns < 10; turns++) clock.stall(700);
  assertEquals(steps(), [true, true, true, false], "every turn takes 700 ms");
  for (let turns = 0; turns < 10; turns++) clock.stall(1_500);
  assertEquals(steps(), [true, true, true, true], "every turn takes 1,500 ms");
  clock.move(10_000);
  assertEquals(steps(), [false, false, false, false]);
});

Deno.test("a process that was stopped for an hour is itself again within seconds", () => {
  const { clock, pressure } = underPressure(500, 0);
  clock.stall(3_600_000);
  assert(pressure.choked);
  clock.move(3_000);
  assertEquals([pressure.full, pressure.choked], [false, false]);
});

Deno.test("with limits of 0 nothing is ever too much", () => {
  const { clock, pressure, hold } = underPressure(0, 0);
  clock.stall(100_000);
  hold(1e15);
  assertEquals([pressure.strained, pressure.full, pressure.choked, pressure.excess], [
    false,
    false,
    false,
    0,
  ]);
});

Deno.test("memory above its bound refuses until it is well below, and a tenth above is given up", () => {
  const { pressure, hold } = underPressure(500, 100 * MB);
  const seen = [100, 101, 96, 95, 100, 110, 111, 90].map((held) => {
    hold(held * MB);
    return [pressure.full, pressure.excess / MB];
  });
  assertEquals(seen, [
    ...[[false, 0], [true, 0], [true, 0], [false, 0], [false, 0], [true, 0], [true, 11], [false, 0]],
  ]);
});

const turnstile = (clock: TestClock, places = 2, queue = 2) =>
  new Turnstile({ clock, places, queue, patienceMs: 1_000 });

Deno.test("a turnstile lets in as many as there are places, and the others in the order in which they came", async () => {
  const gate = turnstile(new TestClock());
  const [first, second] = [await gate.enter(), await gate.enter()];
  const order: string[] = [];
  const third = gate.enter().then((pass) => (order.push("third"), pass));
  const fourth = gate.enter().then((pass) => (order.push("fourth"), pass));
  assertEquals([gate.inside, gate.waiting], [2, 2]);
  second.leave();
  second.leave();
  await third;
  assertEquals([order, gate.inside, gate.waiting], [["third"], 2, 1]);
  first.leave();
  (await third).leave();
  (await fourth).leave();
  assertEquals([order, gate.inside, gate.waiting], [["third", "fourth"], 0, 0]);
});

Deno.test("a turnstile turns away who finds the queue full, and who has waited for too long", async () => {
  const clock = new TestClock();
  const gate = turnstile(clock);
  const [held] = [await gate.enter(), await gate.enter()];
  const waiting = [gate.enter(), gate.enter()].map((entering) => assertRejects(() => entering, ParleyError));
  const refused = await assertRejects(() => gate.enter(), ParleyError);
  assertEquals([refused.code, refused.retryable], ["overloaded", true]);
  clock.move(999);
  assertEquals(gate.waiting, 2);
  clock.move(1);
  await Promise.all(waiting);
  held?.leave();
  assertEquals([gate.inside, gate.waiting], [1, 0]);
  assertEquals(await gate.run(() => Promise.resolve(gate.inside)), 2);
});

Deno.test("who steps outside gives the place to another, and comes in again after them", async () => {
  const gate = turnstile(new TestClock(), 1);
  const pass = await gate.enter();
  const other = gate.enter();
  const { promise: read, resolve } = Promise.withResolvers<void>();
  const back = pass.outside(() => read);
  const othersPass = await other;
  resolve();
  await read;
  assertEquals(gate.inside, 1);
  othersPass.leave();
  await back;
  pass.leave();
  assertEquals([gate.inside, gate.waiting], [0, 0]);
});

Deno.test("work that fails inside a turnstile gives its place back", async () => {
  const gate = turnstile(new TestClock());
  await assertRejects(() => gate.run(() => Promise.reject(new Error("no"))), Error, "no");
  assertEquals(gate.inside, 0);
});

Deno.test("those who are refused are asked back at times that are spread", () => {
  assertEquals([0, 0.5, 1].map((random) => overloaded(() => random).retryAfterMs), [2_000, 6_000, 10_000]);
});

Deno.test("requests about which the limiter fails are counted, by whether they passed", async () => {
  const metrics = new Metrics();
  const broken: Limiter = { take: () => Promise.reject(new Error("away")), close: () => Promise.resolve() };
  const limiter = watchedLimiter(broken, metrics);
  const budget = { name: "b", points: 1, windowMs: 1_000 };
  assertEquals(await takeOrPass(limiter, budget, "k", silentLogger), undefined);
  await assertRejects(() => takeSurely(limiter, budget, "k"), ParleyError);
  await assertRejects(() => takeSurely(limiter, budget, "k"), ParleyError);
  const [family] = metrics.families;
  assertEquals(family?.read().map(({ labels, value }) => [labels?.["became"], value]), [
    ...[["passed", 1], ["refused", 2]],
  ]);
  const fine = watchedLimiter({ ...broken, take: () => Promise.resolve(UNLIMITED) }, new Metrics());
  assertEquals(await takeSurely(fine, budget, "k"), UNLIMITED);
});

Deno.test("commits are timed when the store answers, and counted when it does not", async () => {
  const metrics = new Metrics();
  const answers = [() => Promise.resolve(true), () => Promise.reject(new StoreUnavailable("away"))];
  const store = { commit: () => answers.shift()?.(), find: () => Promise.resolve([3]) };
  const timed = timedStore(store as unknown as Store, metrics);
  const commit = {} as Parameters<Store["commit"]>[0];
  assertEquals([await timed.commit(commit), await timed.find({ name: "c" }, {})], [true, [3]]);
  await assertRejects(() => timed.commit(commit), StoreUnavailable);
  const numbers = metrics.families.map((family) => family.read().at(-1)?.value);
  assertEquals(numbers, [1, 1]);
});

Deno.test("numbers are written as Prometheus reads them", () => {
  const metrics = new Metrics();
  metrics.counter("a_total", "Things").add(2);
  metrics.counters("b_total", "Things by kind", "kind", ["x", "y"]).y.add();
  metrics.reads("gauge", "c", "How many", () => 7);
  const times = metrics.histogram("d_seconds", "Times", [0.1, 1]);
  for (const time of [0.1, 0.5, 3]) times.observe(time);
  assertEquals(
    exposition(metrics.families),
    [
      ...["# HELP a_total Things", "# TYPE a_total counter", "a_total 2"],
      ...[
        "# HELP b_total Things by kind",
        "# TYPE b_total counter",
        'b_total{kind="x"} 0',
        'b_total{kind="y"} 1',
      ],
      ...["# HELP c How many", "# TYPE c gauge", "c 7"],
      ...["# HELP d_seconds Times", "# TYPE d_seconds histogram"],
      ...['d_seconds_bucket{le="0.1"} 1', 'd_seconds_bucket{le="1"} 2', 'd_seconds_bucket{le="+Inf"} 3'],
      ...["d_seconds_sum 3.6", "d_seconds_count 3", ""],
    ].join("\n"),
  );
  assertThrows(() => metrics.counter("a_total", "Again"), TypeError);
});
