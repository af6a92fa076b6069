import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import type { ClusterClient } from "../support/cluster_client.ts";
import { until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const UNAUTHENTICATED = 4401;
const SOON_MS = 1_000;
/** The look every 2 s, twice over: the machine may be busy. */
const WITHOUT_REDIS_MS = 7_000;

export const logouts: Fault = {
  name: "logout on another node",
  promise:
    "a logout on one node ends the session's socket on another within a second, and without Redis in some",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 2, readers: 2, conversations: 1 });
    const [, first, , second] = stage.clients; // the odd ones are on node 1
    assert(first && second);
    assertEquals([first.node, second.node], [1, 1]);
    const withRedis = await logOut(cluster, first, SOON_MS);
    await cluster.redis.kill();
    const without = await logOut(cluster, second, WITHOUT_REDIS_MS);
    const others = stage.clients.filter((client) => client !== first && client !== second);
    assertEquals(others.flatMap(({ ends }) => ends), []);
    const figures = await stage.audit(others);
    return outcome({ ...figures, catchUpMs: without }, `with Redis ${ms(withRedis)}, without ${ms(without)}`);
  },
};

/** Logs a client of node 1 out on node 0; answers when its socket had ended. */
async function logOut(cluster: Cluster, client: ClusterClient, within: number): Promise<number> {
  client.leave();
  await cluster.rest(0).ok(client.user, "POST /api/auth/logout");
  const took = await until(() => client.ends.length > 0, within, () => "the socket is open still");
  assertEquals(client.ends, [UNAUTHENTICATED]);
  return took;
}
