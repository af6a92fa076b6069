import { Cluster } from "../support/cluster.ts";
import { pause, pick } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { outcome } from "./fault.ts";

const EVERY_MS = 3_000;

export const killNodes: Fault = {
  name: "kill -9 of a node every 3 s",
  promise: "kill -9 of a node every 3 s loses, doubles and misorders nothing that was acknowledged",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 3 });
    await using stage = await Stage.set(cluster, { seed, writers: 12, readers: 3, conversations: 3 });
    await stage.write(100, async () => {
      for (let kills = 0; kills < 6; kills++) {
        await pause(EVERY_MS * 0.6);
        const node = pick(stage.random, cluster.running);
        await cluster.stopNode(node);
        await pause(EVERY_MS * 0.4);
        await cluster.startNode(node);
      }
    });
    return outcome(await stage.audit(), "6 kills");
  },
};

export const killAlone: Fault = {
  name: "kill -9 of a single node, SQLite",
  promise: "kill -9 of the only node loses, doubles and misorders nothing that was acknowledged",
  services: false,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 1, embedded: true });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 2, conversations: 2 });
    await stage.write(20, async () => {
      for (let kills = 0; kills < 3; kills++) {
        await pause(500 + stage.random() * 1_000);
        await cluster.stopNode(0);
        await cluster.startNode(0);
      }
      await pause(500);
    });
    return outcome(await stage.audit(), "3 kills");
  },
};
