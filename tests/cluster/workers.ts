import { assert } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { outcome } from "./fault.ts";
import { everyoneBack } from "./kill.ts";

const KILLS = 4;

/** Two processes on one port and one SQLite file, one of which is killed and started again. */
export const workers: Fault = {
  name: "two processes on one port, kill -9 of one",
  promise:
    "two processes serve one port from one SQLite file and one secret; when one is killed, the other one goes on",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2, sharePort: true });
    await using stage = await Stage.set(cluster, { seed, writers: 12, readers: 28, conversations: 3 });
    const on = (instance: string) => stage.clients.filter((client) => client.instance === instance).length;
    const shares: string[] = [];
    let slowestMs = 0;
    await stage.write(50, async () => {
      await pause(1_000);
      for (let kills = 0; kills < KILLS; kills++) {
        const killed = kills % 2;
        shares.push([on("node-0"), on("node-1")].join(":"));
        await cluster.stopNode(killed);
        const before = stage.ledger.count;
        slowestMs = Math.max(slowestMs, await everyoneBack(stage));
        await pause(1_000);
        assert(on(`node-${killed}`) === 0 && stage.ledger.count > before, "the other one does not go on");
        await cluster.startNode(killed);
        stage.reconnect();
        await everyoneBack(stage);
      }
      await pause(1_000);
    });
    assert(shares.every((share) => !/\b0\b/.test(share)), `one process serves nobody: ${shares}`);
    const figures = await stage.audit();
    const notes = `${KILLS} kills; sockets on each ${shares.join(", ")}`;
    return outcome({ ...figures, catchUpMs: slowestMs }, notes);
  },
};
