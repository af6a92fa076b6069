import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import type { BusMessage } from "../../src/ports/bus.ts";
import type { Budget } from "../../src/ports/limiter.ts";
import { until, upstashNodes } from "../support/redis/adapters.ts";
import type { Nodes } from "../support/redis/adapters.ts";
import type { Bridge } from "../support/redis/bridge.ts";
import { redisUrl } from "../support/redis/server.ts";

/** What one call may take while the server is away, with room for a busy machine. */
const DEADLINE_MS = 4_000;
const BEAT_MS = 100;
const BUDGET: Budget = { name: "test", points: 100, windowMs: 3_600_000 };
const message: BusMessage = { kind: "test" };

function fault(name: string, run: (nodes: Nodes, bridge: Bridge) => Promise<void>): void {
  Deno.test({
    name: `upstash faults: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = upstashNodes(redisUrl ?? "", BEAT_MS);
      await run(nodes, nodes.bridge);
    },
  });
}

async function pair(nodes: Nodes) {
  const [here, there] = [await nodes.bus(), await nodes.bus()];
  const heard: BusMessage[] = [];
  let gaps = 0;
  await there.subscribe("a", (one) => heard.push(one));
  there.onGap(() => gaps++);
  const untilHeard = async () => {
    const before = heard.length;
    await until(() => {
      here.publish("a", message);
      return heard.length > before;
    }, 15_000);
  };
  return { here, there, untilHeard, gaps: () => gaps };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await work;
  assertLess(performance.now() - began, ms);
  return answer;
}

fault(
  "a stream that went silent is noticed by its beat and opened anew, and a gap is told",
  async (nodes, bridge) => {
    const { untilHeard, gaps } = await pair(nodes);
    await untilHeard();
    bridge.killStreams();
    await until(() => gaps() > 0, 15_000);
    await untilHeard();
  },
);

fault("a channel on which nobody says anything stays open by its beats", async (nodes) => {
  const { there, gaps } = await pair(nodes);
  await new Promise((resolve) => setTimeout(resolve, BEAT_MS + 3_500));
  assert(there.stats().connected);
  assertEquals([gaps(), there.stats().received], [0, 0]);
});

fault(
  "a server that refuses: publish() goes on for this node, and all comes back with a gap",
  async (nodes, bridge) => {
    const { here, there, untilHeard, gaps } = await pair(nodes);
    await untilHeard();
    bridge.refuse();
    const own: BusMessage[] = [];
    await here.subscribe("a", (one) => own.push(one));
    here.publish("a", message);
    assertEquals(own.length, 1);
    await until(() => here.stats().dropped > 0 && !there.stats().connected);
    bridge.go();
    await until(() => gaps() > 0, 15_000);
    await untilHeard();
  },
);

fault("a server that does not answer: nothing waits longer than the deadline", async (nodes, bridge) => {
  const { here, there, untilHeard, gaps } = await pair(nodes);
  bridge.stall();
  const began = performance.now();
  for (let n = 0; n < 1_000; n++) here.publish("a", message);
  assertLess(performance.now() - began, 1_000);
  const later: BusMessage[] = [];
  await within(DEADLINE_MS, there.subscribe("another", (one) => later.push(one)));
  await until(() => here.stats().dropped >= 1_000);
  bridge.go();
  await until(() => gaps() > 0, 15_000);
  await untilHeard();
  await until(() => {
    here.publish("another", message);
    return later.length > 0;
  }, 15_000);
});

fault("messages that one node lost are told to the others as a gap", async (nodes, bridge) => {
  const { here, there, untilHeard, gaps } = await pair(nodes);
  await untilHeard();
  bridge.refuseRequests(true);
  here.publish("a", message);
  await until(() => here.stats().dropped > 0);
  bridge.refuseRequests(false);
  await until(() => gaps() > 0);
  assert(there.stats().connected);
});

fault(
  "presence is this node's own while the server does not answer, and shared again after",
  async (nodes, bridge) => {
    const [here, there] = [await nodes.presence(), await nodes.presence()];
    await there.acquire("ben", "2");
    bridge.stall();
    assertEquals(await within(DEADLINE_MS, here.acquire("ada", "1")), true);
    assertEquals(await within(DEADLINE_MS, here.online(["ada", "ben"])), new Set(["ada"]));
    bridge.go();
    await here.renew([["ada", "1"]]);
    assertEquals(await there.online(["ada", "ben"]), new Set(["ada", "ben"]));
  },
);

for (const mode of ["stall", "refuse"] as const) {
  fault(`the limiter throws and never lets pass while the server is to ${mode}`, async (nodes, bridge) => {
    const limiter = await nodes.limiter();
    assertEquals((await limiter.take(BUDGET, "ada")).remaining, 99);
    bridge[mode]();
    const error = await within(DEADLINE_MS, assertRejects(() => limiter.take(BUDGET, "ada")));
    assert(!String(error).includes("ada"));
    bridge.go();
    assert((await limiter.take(BUDGET, "ada")).allowed);
  });
}

fault("close() ends within the deadline while the server does not answer", async (nodes, bridge) => {
  const { here, there } = await pair(nodes);
  bridge.stall();
  here.publish("a", message);
  await within(DEADLINE_MS, Promise.all([here.close(), there.close()]));
});
