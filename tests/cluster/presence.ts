import { assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { Cluster } from "../support/cluster.ts";
import type { ClusterClient } from "../support/cluster_client.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const SOON_MS = 3_000;
/** Leases last 50 s; these are made to have been renewed so long ago. */
const AGED_MS = 45_000;
/** What is left of a lease, and the look for lapsed ones every 5 s; the rest is for a busy machine. */
const LAPSED_MS = 15_000;

export const presence: Fault = {
  name: "presence, and a node's death",
  promise:
    "typing, receipts and presence cross nodes, and the users of a node that dies or stops are gone with their leases",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 3 });
    await using stage = await Stage.set(cluster, { seed, writers: 1, readers: 2, conversations: 1 });
    const [conversationId = ""] = stage.conversationIds;
    const [ann, ben, cyd] = stage.clients; // on nodes 0, 1 and 2
    if (!ann || !ben || !cyd) throw new Error("nobody is on the stage");
    for (const client of [ann, ben]) await client.ask("join_conversation", { conversationId });
    const said = await ann.say(conversationId);
    const crossing = performance.now();
    ben.tell("typing_start", { conversationId });
    await ben.ask("mark_read", { conversationId, seq: said?.seq });
    await hears(ann, "user_typing", ben);
    await hears(ann, "messages_read", ben);
    const crossedMs = performance.now() - crossing;
    assertEquals(await online(ann, [ben, cyd]), [true, true]);

    for (const client of [ben, cyd]) client.leave();
    await cluster.stopNode(1, "SIGKILL");
    await cluster.stopNode(2, "SIGTERM");
    await pause(100);
    assertEquals(told(ann, "user_offline", ben), false, "nobody can know so soon");
    await age(cluster.redis.url, [ben, cyd]);
    const goneMs = Math.max(await hears(ann, "user_offline", ben), await hears(ann, "user_offline", cyd));
    assertEquals(await online(ann, [ben, cyd]), [false, false]);
    const figures = await stage.audit([ann]);
    const notes = `typing and receipts crossed in ${ms(crossedMs)}, gone ${
      ms(goneMs)
    } after leases had aged by 45 s`;
    return outcome({ ...figures, catchUpMs: goneMs }, notes);
  },
};

function told({ signals }: ClusterClient, event: string, { user }: ClusterClient): boolean {
  return signals.some((signal) => signal.event === event && signal["data"].userId === user.id);
}

function hears(client: ClusterClient, event: string, of: ClusterClient): Promise<number> {
  const within = event === "user_offline" ? LAPSED_MS : SOON_MS;
  return until(() => told(client, event, of), within, () => `${event} of ${of.user.name} did not come`);
}

async function online(client: ClusterClient, others: readonly ClusterClient[]): Promise<boolean[]> {
  const answer = await client.ask("watch_presence", { userIds: others.map(({ user }) => user.id) });
  return answer?.["data"].presence.map(({ isOnline }: { isOnline: boolean }) => isOnline);
}

/** Makes users' leases older than they are, so that nobody has to wait for them to end. */
async function age(url: string, clients: readonly ClusterClient[]): Promise<void> {
  const redis = new Redis(url);
  const older = (key: string, member: string) => redis.zadd(key, "XX", "INCR", -AGED_MS, member);
  for (const { user } of clients) {
    await older("parley:presence:users", user.id);
    const key = `parley:presence:u:${user.id}`;
    for (const lease of await redis.zrange(key, "0", "-1")) await older(key, String(lease));
  }
  redis.disconnect();
}
