import { Cluster } from "../support/cluster.ts";
import { pause } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { outcome } from "./fault.ts";

const WRITE_MS = 30_000;

/** Nothing is broken but the peace: three nodes write to the same conversations. */
export const contention: Fault = {
  name: "50 writers on 3 nodes for 30 s",
  promise:
    "three nodes with 50 writers give every reader one order without holes, and every node reads it at once",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 3 });
    await using stage = await Stage.set(cluster, { seed, writers: 50, readers: 6, conversations: 4 });
    await stage.write(150, () => pause(WRITE_MS));
    return outcome(await stage.audit(), `${Math.round(stage.ledger.count / WRITE_MS * 1_000)} sends/s`);
  },
};
