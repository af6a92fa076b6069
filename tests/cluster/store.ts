import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { startMongo } from "../support/cluster_mongo.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const AWAY_MS = 8_000;
const READY_MS = 10_000;

export const storeStalled: Fault = {
  name: "MongoDB stopped (SIGSTOP) for 8 s",
  promise:
    "the store may stall: sends get a retryable error, none is acknowledged falsely, and all recovers by itself",
  services: true,
  async run(seed) {
    await using mongo = await startMongo();
    await using cluster = await Cluster.start({ nodes: 2, mongoUri: mongo.uri });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 4, conversations: 2 });
    const { ledger } = stage;
    assertEquals(await readiness(cluster), [200, 200]);
    let [acknowledged, recoveredMs] = [0, 0];
    await stage.write(100, async () => {
      await pause(1_000);
      mongo.stall();
      await pause(500); // for what was answered before
      const before = ledger.count;
      await pause(AWAY_MS);
      acknowledged = ledger.count - before;
      const ready = await readiness(cluster);
      mongo.go();
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

function readiness(cluster: Cluster): Promise<number[]> {
  const ask = async (node: number) => (await cluster.rest(node).call(undefined, "GET /health/ready")).status;
  return Promise.all(cluster.running.map(ask));
}
