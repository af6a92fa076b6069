import { openRedisBus } from "../../../src/adapters/bus_redis.ts";
import { UpstashBus } from "../../../src/adapters/bus_upstash.ts";
import { openRedisLimiter } from "../../../src/adapters/limiter_redis.ts";
import { UpstashLimiter } from "../../../src/adapters/limiter_upstash.ts";
import { openRedisPresence } from "../../../src/adapters/presence_redis.ts";
import { openUpstashPresence } from "../../../src/adapters/presence_upstash.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { newId } from "../../../src/kernel/ids.ts";
import { silentLogger } from "../../../src/kernel/log.ts";
import type { ObservedBus } from "../../../src/ports/bus.ts";
import type { Limiter } from "../../../src/ports/limiter.ts";
import type { PresenceStore } from "../../../src/ports/presence.ts";
import { startBridge } from "./bridge.ts";
import type { Bridge } from "./bridge.ts";

/** Nodes on one server. Each call makes a further node; disposing closes them all. */
export interface Nodes extends AsyncDisposable {
  bus(): Promise<ObservedBus>;
  presence(leaseMs?: number): Promise<PresenceStore>;
  limiter(): Promise<Limiter>;
}

/** Nodes on a Redis server over TCP, in a space of their own. */
export function redisNodes(url: string): Nodes {
  const options = { url, log: silentLogger, clock: systemClock, prefix: `parley-test-${newId()}` };
  const kept = new Kept();
  return {
    bus: async () => kept.keep(await openRedisBus(options)),
    presence: async (leaseMs) => kept.keep(await openRedisPresence({ ...options, leaseMs })),
    limiter: async () => kept.keep(await openRedisLimiter(options)),
    [Symbol.asyncDispose]: () => kept.close(),
  };
}

/** Nodes on Upstash's REST interface over a Redis server, in a space of their own. */
export function upstashNodes(redisUrl: string, beatMs = 5_000): Nodes & { readonly bridge: Bridge } {
  const bridge = startBridge(redisUrl);
  const { url, token } = bridge;
  const options = { url, token, log: silentLogger, clock: systemClock, prefix: `parley-test-${newId()}` };
  const kept = new Kept();
  return {
    bridge,
    bus: () => Promise.resolve(kept.keep(new UpstashBus({ ...options, beatMs }))),
    presence: (leaseMs) => Promise.resolve(kept.keep(openUpstashPresence({ ...options, leaseMs }))),
    limiter: () => Promise.resolve(kept.keep(new UpstashLimiter(options))),
    async [Symbol.asyncDispose]() {
      await kept.close();
      await bridge[Symbol.asyncDispose]();
    },
  };
}

/** What is to be closed in the end. */
class Kept {
  readonly #all: { close(): Promise<void> }[] = [];

  keep<T extends { close(): Promise<void> }>(one: T): T {
    this.#all.push(one);
    return one;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.close()));
  }
}

/** Waits until `condition` holds; fails after `ms`. */
export async function until(condition: () => unknown, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`did not come true within ${ms} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
