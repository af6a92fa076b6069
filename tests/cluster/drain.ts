import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const SOCKETS = 200;
const RESTART = 1012;
const STOP_MS = 10_000;

export const drain: Fault = {
  name: "drain of a node with 200 sockets",
  promise:
    "SIGTERM of one of two nodes tells its 200 sockets, all come back on the other one, and nothing is lost",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 12, conversations: 1 });
    await stage.crowd(SOCKETS - 10, 1);
    const there = stage.clients.filter(({ node }) => node === 1);
    assertEquals(there.length, SOCKETS);
    let [stoppedMs, backMs, code] = [0, 0, -1];
    await stage.write(200, async () => {
      await pause(1_000);
      const began = performance.now();
      const stopping = cluster.stopNode(1, "SIGTERM");
      await until(() => there.every(({ ends }) => ends.length > 0), STOP_MS, () => "not all were sent away");
      code = await stopping;
      stoppedMs = performance.now() - began;
      const ended = performance.now();
      await until(
        () => there.every(({ node }) => node === 0),
        STOP_MS,
        () => `${there.filter(({ node }) => node !== 0).length} are not back`,
      );
      backMs = performance.now() - ended;
      await pause(500);
    });
    assertEquals(code, 0);
    for (const { ends, signals } of there) {
      assertEquals(ends, [RESTART]);
      assert(signals.some(({ event }) => event === "server_draining"));
    }
    const figures = await stage.audit();
    const notes = `ended in ${ms(stoppedMs)}, all back ${ms(backMs)} later`;
    return outcome({ ...figures, catchUpMs: backMs }, notes);
  },
};
