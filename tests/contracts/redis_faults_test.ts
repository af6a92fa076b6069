import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import type { BusMessage, ObservedBus } from "../../src/ports/bus.ts";
import type { Budget } from "../../src/ports/limiter.ts";
import { redisNodes, until } from "../support/redis/adapters.ts";
import type { Nodes } from "../support/redis/adapters.ts";
import { redisUrl, startRedis } from "../support/redis/server.ts";
import type { RedisServer } from "../support/redis/server.ts";

/** What one call may take while the server is away, with room for a busy machine. */
const DEADLINE_MS = 3_000;
const BUDGET: Budget = { name: "test", points: 100, windowMs: 3_600_000 };
const message: BusMessage = { kind: "test" };

function fault(name: string, run: (server: RedisServer, nodes: Nodes) => Promise<void>): void {
  Deno.test({
    name: `redis faults: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using server = await startRedis();
      await using nodes = redisNodes(server.url);
      await run(server, nodes);
    },
  });
}

/** Two nodes; what the second one hears of `topic`, and its gaps. */
async function pair(nodes: Nodes) {
  const [here, there] = [await nodes.bus(), await nodes.bus()];
  const heard: BusMessage[] = [];
  let gaps = 0;
  await there.subscribe("a", (one) => heard.push(one));
  there.onGap(() => gaps++);
  return { here, there, heard, gaps: () => gaps };
}

/** Publishes until the other node hears it. */
async function untilHeard(bus: ObservedBus, heard: readonly BusMessage[], topic = "a"): Promise<void> {
  const before = heard.length;
  await until(() => {
    bus.publish(topic, message);
    return heard.length > before;
  }, 15_000);
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await work;
  assertLess(performance.now() - began, ms);
  return answer;
}

const OUTAGES = {
  "killed and started again, empty": {
    begin: (server: RedisServer) => server.kill(),
    end: (server: RedisServer) => server.restart(),
  },
  "stopped for a while": {
    begin: (server: RedisServer) => Promise.resolve(server.stall()),
    end: (server: RedisServer) => Promise.resolve(server.go()),
  },
};

for (const [outage, { begin, end }] of Object.entries(OUTAGES)) {
  fault(`${outage}: subscriptions come back by themselves, and a gap is told`, async (server, nodes) => {
    const { here, there, heard, gaps } = await pair(nodes);
    await untilHeard(here, heard);
    await begin(server);
    await until(() => !there.stats().connected);
    const before = gaps();
    await end(server);
    await until(() => gaps() > before, 15_000);
    assert(there.stats().connected);
    await untilHeard(here, heard);
    assert(there.stats().gaps >= gaps());
  });

  fault(`${outage}: publish() goes on for this node, and never waits or throws`, async (server, nodes) => {
    const { here, there } = await pair(nodes);
    const own: BusMessage[] = [];
    await here.subscribe("a", (one) => own.push(one));
    await begin(server);
    let published = 0;
    await until(() => {
      const began = performance.now();
      here.publish("a", message);
      assertLess(performance.now() - began, 1_000);
      assertEquals(own.length, ++published);
      return !here.stats().connected && !there.stats().connected;
    });
    here.publish("a", message);
    await until(() => here.stats().dropped > 0);
    await end(server);
  });

  fault(`${outage}: subscribe() resolves meanwhile, and is heard afterwards`, async (server, nodes) => {
    const { here, there, gaps } = await pair(nodes);
    await begin(server);
    const atOnce: BusMessage[] = [];
    const leave = await within(DEADLINE_MS, there.subscribe("at once", (one) => atOnce.push(one)));
    await until(() => !there.stats().connected);
    const later: BusMessage[] = [];
    await within(DEADLINE_MS, there.subscribe("later", (one) => later.push(one)));
    there.publish("later", message);
    assertEquals(later.length, 1);
    leave();
    const before = gaps();
    await end(server);
    await until(() => gaps() > before, 15_000);
    await untilHeard(here, later, "later");
    here.publish("at once", message);
    await untilHeard(here, later, "later");
    assertEquals(atOnce, []);
  });

  fault(`${outage}: presence is this node's own meanwhile, and shared again after`, async (server, nodes) => {
    const [here, there] = [await nodes.presence(), await nodes.presence()];
    await here.acquire("ada", "1");
    await there.acquire("ben", "2");
    await begin(server);
    assertEquals(await within(DEADLINE_MS, here.acquire("cyd", "3")), true);
    assertEquals(await within(DEADLINE_MS, here.acquire("cyd", "4")), false);
    assertEquals(await within(DEADLINE_MS, here.online(["ada", "ben", "cyd"])), new Set(["ada", "cyd"]));
    assertEquals(await within(DEADLINE_MS, here.release("cyd", "3")), false);
    assertEquals(await within(DEADLINE_MS, here.release("cyd", "4")), true);
    assertEquals(await within(DEADLINE_MS, here.lapsed()), []);
    await within(DEADLINE_MS, here.renew([["ada", "1"]]));
    await end(server);
    await until(async () => {
      await Promise.all([here.renew([["ada", "1"]]), there.renew([["ben", "2"]])]);
      return (await there.online(["ada", "ben"])).size === 2 &&
        (await here.online(["ada", "ben"])).size === 2;
    }, 15_000);
  });

  fault(`${outage}: the limiter throws meanwhile, and counts again after`, async (server, nodes) => {
    const limiter = await nodes.limiter();
    assertEquals((await limiter.take(BUDGET, "ada")).remaining, 99);
    await begin(server);
    await within(DEADLINE_MS, assertRejects(() => limiter.take(BUDGET, "ada")));
    await within(DEADLINE_MS, assertRejects(() => limiter.take(BUDGET, "ada")));
    await end(server);
    await until(() => limiter.take(BUDGET, "ada").then(({ allowed }) => allowed, () => false), 15_000);
  });
}

fault("a node that lost what it published tells the others of a gap", async (server, nodes) => {
  const { here, there, heard, gaps } = await pair(nodes);
  await untilHeard(here, heard);
  const before = gaps();
  await until(async () => {
    await server.cut("parley-publisher");
    here.publish("a", message);
    return here.stats().dropped > 0;
  });
  await until(() => gaps() > before);
  assert(there.stats().connected);
});

fault("a server that cannot be reached delays opening by no more than the deadline", async (server) => {
  await server.kill();
  await using nodes = redisNodes(server.url);
  const bus = await within(DEADLINE_MS, nodes.bus());
  const heard: BusMessage[] = [];
  await within(DEADLINE_MS, bus.subscribe("a", (one) => heard.push(one)));
  bus.publish("a", message);
  assertEquals([heard.length, bus.stats().connected], [1, false]);
  let gaps = 0;
  bus.onGap(() => gaps++);
  await server.restart();
  await until(() => gaps > 0, 15_000);
  assert(bus.stats().connected);
});

fault("close() ends within the deadline while the server is stopped", async (server, nodes) => {
  const { here } = await pair(nodes);
  server.stall();
  here.publish("a", message);
  await within(2 * DEADLINE_MS, here.close());
});
