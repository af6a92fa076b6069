import { assert } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { caughtUp } from "../support/cluster_ledger.ts";
import { startProxy } from "../support/cluster_proxy.ts";
import { pause } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const SWALLOWED_MS = 10_000;
/** Conversations that are open are looked at every 2 s; the rest is for a busy machine. */
const OPEN_MS = 5_000;
const RETURN_MS = 15_000;

/** One node's packets to and from Redis vanish, while both sides take their connections for open. */
export const halfOpen: Fault = {
  name: "a node's way to Redis swallows all for 10 s",
  promise:
    "a node whose connections to Redis are half open acknowledges sends all the while, and catches up within 5 s",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 1 });
    await using proxy = await startProxy(cluster.redis.url);
    await cluster.startNode(1, { REDIS_URL: proxy.url });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 4, conversations: 2 });
    const [opened = ""] = stage.conversationIds;
    await stage.openAll(opened);
    await stage.write(100, () => pause(1_000));
    proxy.swallow();
    const before = stage.ledger.count;
    await stage.write(100, () => pause(SWALLOWED_MS));
    const sent = stage.ledger.count - before;
    const slowest = stage.ledger.percentile(0.99, before);
    assert(sent > 100, `${sent} messages were acknowledged while packets vanished`);
    const openMs = await caughtUp(cluster, stage.clients, [opened], OPEN_MS);
    proxy.pass();
    const returnMs = await caughtUp(cluster, stage.clients, stage.conversationIds, RETURN_MS);
    await stage.write(100, () => pause(1_000));
    const figures = await stage.audit();
    return outcome(
      { ...figures, catchUpMs: returnMs },
      `while away ${sent} acknowledged, p99 ${ms(slowest)}, open ones caught up in ${ms(openMs)}`,
    );
  },
};
