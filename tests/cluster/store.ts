import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { startMongo } from "../support/cluster_mongo.ts";
import type { MongoServer } from "../support/cluster_mongo.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const AWAY_MS = 10_000;
const READY_MS = 10_000;

/** Two nodes chat and lose their store, without which nothing can be acknowledged. */
function storeFault(
  name: string,
  promise: string,
  disk: boolean,
  breaks: (mongo: MongoServer) => Promise<void> | void,
  mends: (mongo: MongoServer) => Promise<void> | void,
): Fault {
  return {
    name,
    promise,
    services: true,
    async run(seed) {
      await using mongo = await startMongo({ disk });
      await using cluster = await Cluster.start({ nodes: 2, mongoUri: mongo.uri });
      await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 4, conversations: 2 });
      const { ledger } = stage;
      assertEquals(await readiness(cluster), [200, 200]);
      let [acknowledged, recoveredMs] = [0, 0];
      await stage.write(200, async () => {
        await pause(1_000);
        await breaks(mongo);
        await pause(500); // for what was answered before
        const before = ledger.count;
        await pause(AWAY_MS - 500);
        acknowledged = ledger.count - before;
        const ready = await readiness(cluster);
        await mends(mongo);
        assertEquals(ready, [503, 503]);
        recoveredMs = await until(
          async () => (await readiness(cluster)).every((status) => status === 200),
          READY_MS,
          () => "the nodes are not ready again",
        );
        await pause(1_000);
      });
      assertEquals(acknowledged, 0, "acknowledged without a store");
      assertEquals([...ledger.refusals.keys()], ["store_unavailable"]);
      const refused = ledger.refusals.get("store_unavailable") ?? 0;
      assert(refused > 0);
      const figures = await stage.audit();
      return outcome(figures, `refused ${refused} times, ready again ${ms(recoveredMs)} after its return`);
    },
  };
}

export const storeStalled: Fault = storeFault(
  "MongoDB stopped (SIGSTOP) for 10 s",
  "the store may stall: sends get a retryable error, none is acknowledged falsely, and all recovers by itself",
  false,
  (mongo) => mongo.stall(),
  (mongo) => mongo.go(),
);

export const storeKilled: Fault = storeFault(
  "MongoDB killed for 10 s, back with its disk",
  "the store may be killed: sends get a retryable error, what was acknowledged is there when it is back",
  true,
  (mongo) => mongo.kill(),
  (mongo) => mongo.restart(),
);

function readiness(cluster: Cluster): Promise<number[]> {
  const ask = async (node: number) => (await cluster.rest(node).call(undefined, "GET /health/ready")).status;
  return Promise.all(cluster.running.map(ask));
}
