import { assertEquals } from "@std/assert";
import { silentLogger } from "../../src/kernel/log.ts";
import { LOOK_EVERYWHERE_MS, Lookout } from "../../src/realtime/lookout.ts";
import { TestClock } from "../support/http.ts";

/** A lookout over a hub of three rooms and one connection that is in none, and a store that a test answers for. */
class Bench {
  readonly clock = new TestClock();
  /** Since when changed memberships were asked for. */
  readonly since: number[] = [];
  /** Which rooms were asked for. */
  readonly asked: string[] = [];
  readonly compared: [string, number][] = [];
  reading = 0;
  mostAtOnce = 0;
  connected = 1;
  readonly lookout: Lookout;

  constructor() {
    const [{ clock, since, asked, compared }, connected] = [this, () => this.connected];
    const store = {
      heads: async () => {
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.reading);
        await new Promise((resolve) => setTimeout(resolve));
        this.reading--;
        return [{ id: "a", rev: 5, endedAt: null }, { id: "b", rev: 6, endedAt: "2026-01-01T00:00:00.000Z" }];
      },
      find(_: unknown, { where }: { where: { memberAt: { gte: string } } }) {
        since.push(Date.parse(where.memberAt.gte));
        return Promise.resolve([]);
      },
    };
    const hub = {
      connections: [],
      get size() {
        return connected();
      },
      connectionsOf: () => [],
      roomIds: (which: string) => (asked.push(which), ["a", "b", "gone"]),
      compare: (id: string, rev: number) => void compared.push([id, rev]),
    };
    const deps = {
      ...{ clock, store, hub, log: silentLogger },
      admit: () => Promise.resolve(),
      endedSessions: () => Promise.resolve(new Set<string>()),
    };
    this.lookout = new Lookout(deps as never);
  }
}

Deno.test("a look compares each room with its head, and one that has ended or is gone with none", async () => {
  const { lookout, compared } = new Bench();
  await lookout.look();
  assertEquals(compared, [["a", 5], ["b", Infinity], ["gone", Infinity]]);
});

Deno.test("a look asks for memberships that changed up to 15 s before the last one", async () => {
  const { lookout, clock, since } = new Bench();
  const began = clock.now();
  await lookout.look();
  clock.move(2_000);
  await lookout.look();
  clock.move(2_000);
  await lookout.look();
  assertEquals(since.map((time) => time - began), [-15_000, -15_000, -13_000]);
});

Deno.test("a look asks for no memberships while nobody is connected, and from then on once somebody is", async () => {
  const bench = new Bench();
  const began = bench.clock.now();
  bench.connected = 0;
  await bench.lookout.look();
  bench.clock.move(60_000);
  await bench.lookout.look();
  assertEquals(bench.since, []);
  bench.connected = 1;
  bench.clock.move(2_000);
  await bench.lookout.look();
  assertEquals(bench.since.map((time) => time - began), [45_000]);
});

Deno.test("a look is at all rooms once a minute and when it is asked for, and else at those that are open", async () => {
  const { lookout, clock, asked } = new Bench();
  await lookout.look();
  await lookout.look(true);
  clock.move(LOOK_EVERYWHERE_MS - 1);
  await lookout.look();
  clock.move(1);
  await lookout.look();
  await lookout.look();
  assertEquals(asked, ["open", "all", "open", "all", "open"]);
});

Deno.test("a look that is asked for during another one begins when that is done", async () => {
  const bench = new Bench();
  await Promise.all([bench.lookout.look(), bench.lookout.look(true), bench.lookout.look()]);
  assertEquals([bench.mostAtOnce, bench.asked.length], [1, 3]);
});
