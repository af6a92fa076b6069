import { assert } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { startProxy } from "../support/cluster_proxy.ts";
import { pause } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

/** What a message between the far node and the store takes longer, each way. */
const DELAY_MS = 100;
const WRITE_MS = 15_000;
const WRITERS = 8;
const PAUSE_MS = 10;
/** An attempt of the far node takes about 0.8 s, and both nodes have half of the time; the rest is for a busy machine. */
const TURN_MS = 10_000;

/** Two nodes write to one conversation as fast as they can, and one of them is far from the store. */
export const hot: Fault = {
  name: "a hot conversation, one of two nodes far from the store",
  promise:
    "a node that is 100 ms from the store gets its turns in a conversation that a near one keeps writing to",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 1 });
    await using proxy = await startProxy(cluster.mongoUri, DELAY_MS);
    await cluster.startNode(1, { MONGODB_URI: proxy.url });
    await using stage = await Stage.set(cluster, { seed, writers: WRITERS, readers: 4, conversations: 1 });
    const [near, far] = await writeFor(stage, WRITE_MS);
    const slowest = far.at(-1) ?? Infinity;
    assert(slowest < TURN_MS, `the far node waited ${ms(slowest)} for its turn`);
    return outcome(await stage.audit(), `near ${speed(near)}`, `far ${speed(far)}`);
  },
};

/** Has writers write without a rest; answers how long each message took on either node, the quickest first. */
async function writeFor(
  { clients, conversationIds, random }: Stage,
  time: number,
): Promise<[number[], number[]]> {
  const [id = ""] = conversationIds;
  const [near, far]: [number[], number[]] = [[], []];
  const end = performance.now() + time;
  await Promise.all(
    clients.slice(0, WRITERS).map(async (writer, at) => {
      while (performance.now() < end) {
        const began = performance.now();
        await writer.say(id);
        (at % 2 === 0 ? near : far).push(performance.now() - began);
        await pause(random() * 2 * PAUSE_MS);
      }
    }),
  );
  for (const times of [near, far]) times.sort((a, b) => a - b);
  return [near, far];
}

function speed(times: readonly number[]): string {
  const rank = (share: number) => ms(times[Math.floor(times.length * share)] ?? NaN);
  return `${(times.length / WRITE_MS * 1_000).toFixed(1)}/s, p50 ${rank(0.5)}, p99 ${rank(0.99)}`;
}
