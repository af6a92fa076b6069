import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import type { ClusterClient } from "../support/cluster_client.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault, Outcome } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const SOCKETS = 1_000;
const SOCKETS_ALONE = 200;
const RESTART = 1012;
const STOP_MS = 10_000;
/** Whoever comes back late has more to be told. */
const WRITE_EVERY_MS = 800;
/** For a busy machine; how long it took is told. */
const BACK_MS = 60_000;

export const drain: Fault = {
  name: "drain of a node with 1,000 sockets",
  promise:
    "SIGTERM of one of two nodes tells its 1,000 sockets, all come back on the other one, and nothing is lost",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 6, readers: 14, conversations: 1 });
    await stage.crowd(SOCKETS - 10, 1);
    return await drained(stage, 1);
  },
};

export const drainAlone: Fault = {
  name: "planned restart of a single node, SQLite",
  promise: "SIGTERM of the only node tells its 200 sockets, all come back when it does, and nothing is lost",
  services: false,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 1, embedded: true });
    await using stage = await Stage.set(cluster, { seed, writers: 6, readers: 14, conversations: 1 });
    await stage.crowd(SOCKETS_ALONE - 20, 0);
    return await drained(stage, 0, () => cluster.startNode(0));
  },
};

/** Stops a node while people write, and has everyone come back to the node that is there afterwards. */
async function drained(stage: Stage, node: number, afterwards = () => Promise.resolve()): Promise<Outcome> {
  const there = stage.clients.filter((client) => client.node === node);
  const before = new Map(there.map((client) => [client, client.ends.length]));
  const endsOf = (client: ClusterClient) => client.ends.slice(before.get(client));
  const missing = () => there.filter((client) => client.node === undefined);
  let [stoppedMs, backMs, code] = [0, 0, -1];
  await stage.write(WRITE_EVERY_MS, async () => {
    await pause(1_000);
    const began = performance.now();
    const stopping = stage.cluster.stopNode(node, "SIGTERM");
    await until(
      () => there.every((client) => endsOf(client).length > 0),
      STOP_MS,
      () => "not all were sent away",
    );
    code = await stopping;
    const ended = performance.now();
    stoppedMs = ended - began;
    await afterwards();
    await until(() => missing().length === 0, BACK_MS, () => `${missing().length} are not back`);
    backMs = performance.now() - ended;
    await pause(500);
  });
  assertEquals(code, 0);
  for (const client of there) {
    // The runtime ends a closing socket at the client's next frame: a writer may not get to read why.
    const [code, ...more] = endsOf(client);
    assertEquals([stage.writers.includes(client) ? RESTART : code, more], [RESTART, []]);
    assert(client.signals.some(({ event }) => event === "server_draining"));
  }
  const figures = await stage.audit();
  const notes = `${there.length} sockets told, ended in ${ms(stoppedMs)}, all back ${ms(backMs)} later`;
  return outcome({ ...figures, catchUpMs: backMs }, notes);
}
