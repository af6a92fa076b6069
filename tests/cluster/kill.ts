import { Cluster } from "../support/cluster.ts";
import { pause, pick, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { outcome } from "./fault.ts";

const EVERY_MS = 5_000;
const KILLS = 12;
/** For a busy machine; how long it took is told. */
const BACK_MS = 15_000;
const STALL_MS = 4_000;

export const killNodes: Fault = {
  name: "kill -9 of a node every 5 s for a minute",
  promise:
    "kill -9 of a node every 5 s for a minute loses, doubles and misorders nothing that was acknowledged",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 3 });
    await using stage = await Stage.set(cluster, { seed, writers: 15, readers: 6, conversations: 3 });
    let slowestMs = 0;
    await stage.write(100, async () => {
      for (let kills = 0; kills < KILLS; kills++) {
        await pause(EVERY_MS * 0.6);
        const node = pick(stage.random, cluster.running);
        await cluster.stopNode(node);
        slowestMs = Math.max(slowestMs, await everyoneBack(stage));
        await pause(EVERY_MS * 0.4);
        await cluster.startNode(node);
      }
    });
    const figures = await stage.audit();
    return outcome({ ...figures, catchUpMs: slowestMs }, `${KILLS} kills`);
  },
};

export const killAlone: Fault = {
  name: "kill -9 of a single node, SQLite",
  promise: "kill -9 of the only node loses, doubles and misorders nothing that was acknowledged",
  services: false,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 1, embedded: true });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 2, conversations: 2 });
    let slowestMs = 0;
    await stage.write(20, async () => {
      for (let kills = 0; kills < 3; kills++) {
        await pause(500 + stage.random() * 1_000);
        await cluster.stopNode(0);
        await cluster.startNode(0);
        slowestMs = Math.max(slowestMs, await everyoneBack(stage));
      }
      await pause(500);
    });
    const figures = await stage.audit();
    return outcome({ ...figures, catchUpMs: slowestMs }, "3 kills");
  },
};

export const stallNode: Fault = {
  name: "a node stopped (SIGSTOP) for 4 s",
  promise: "a node that stalls and goes on with what it knew before loses, doubles and misorders nothing",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 4, conversations: 2 });
    await stage.write(100, async () => {
      await pause(1_000);
      cluster.signal(1, "SIGSTOP");
      await pause(STALL_MS);
      cluster.signal(1, "SIGCONT");
      await pause(2_000);
    });
    return outcome(await stage.audit());
  },
};

/** Waits until everyone has a socket that has resumed; answers after how many milliseconds. */
export function everyoneBack({ clients }: Stage): Promise<number> {
  const away = () => clients.filter(({ node }) => node === undefined);
  return until(() => away().length === 0, BACK_MS, () => `${away().length} are not back`);
}
