import { assert } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { caughtUp } from "../support/cluster_ledger.ts";
import { pause } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { RedisServer } from "../support/redis/server.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const AWAY_MS = 20_000;
/** Conversations that are open are looked at every 2 s; the rest is for a busy machine. */
const OPEN_MS = 5_000;
const RETURN_MS = 5_000;

/** Two nodes chat, lose Redis, and are joined by a third one that has never seen it. */
function redisFault(
  name: string,
  promise: string,
  /** Writers are on one node alone, so that the others hear nothing; else on all, whose own hints leave holes. */
  apart: boolean,
  breaks: (redis: RedisServer) => Promise<void> | void,
  mends: (redis: RedisServer) => Promise<void> | void,
): Fault {
  return {
    name,
    promise,
    services: true,
    async run(seed) {
      await using cluster = await Cluster.start({ nodes: 2 });
      const people = { writers: 8, readers: 4, conversations: 2, apart };
      await using stage = await Stage.set(cluster, { seed, ...people });
      const [opened = ""] = stage.conversationIds;
      await stage.openAll(opened);
      await stage.write(100, () => pause(1_000));
      await breaks(cluster.redis);
      await cluster.startNode(2);
      await stage.crowd(2, 2);
      await stage.openAll(opened);
      const before = stage.ledger.count;
      await stage.write(100, () => pause(AWAY_MS));
      const slowest = stage.ledger.percentile(0.99, before);
      const sent = stage.ledger.count - before;
      assert(sent > 50, `${sent} messages were acknowledged while Redis was away`);
      const openMs = await caughtUp(cluster, stage.clients, [opened], OPEN_MS);
      await mends(cluster.redis);
      const returnMs = await caughtUp(cluster, stage.clients, stage.conversationIds, RETURN_MS);
      await stage.write(100, () => pause(1_000));
      const figures = await stage.audit();
      return outcome(
        { ...figures, catchUpMs: returnMs },
        `while away ${sent} acknowledged, p99 ${ms(slowest)}, open ones caught up in ${ms(openMs)}`,
      );
    },
  };
}

export const redisKilled: Fault = redisFault(
  "Redis killed for 20 s, back empty",
  "Redis may be killed and come back empty: sends are acknowledged all the while, everyone catches up within 5 s",
  true,
  (redis) => redis.kill(),
  (redis) => redis.restart(),
);

export const redisStalled: Fault = redisFault(
  "Redis stopped (SIGSTOP) for 20 s",
  "Redis may stall: sends are acknowledged all the while, everyone catches up within 5 s of its return",
  false,
  (redis) => redis.stall(),
  (redis) => redis.go(),
);
