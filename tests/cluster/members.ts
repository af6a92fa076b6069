import { assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import type { ClusterClient } from "../support/cluster_client.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

/** The look every 2 s, twice over: the machine may be busy. */
const SOON_MS = 7_000;

/** Memberships change on one node while the other one cannot be told. */
export const members: Fault = {
  name: "members changed while Redis is away",
  promise:
    "who is added while Redis is away sees the conversation, who is removed gets nothing later, from any node",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 4, readers: 4, conversations: 1 });
    const [id = ""] = stage.conversationIds;
    const [admin] = stage.clients;
    const removed = stage.clients.slice(-2); // one on each node
    const [, back] = removed;
    if (!admin || !back) throw new Error("nobody is on the stage");
    const rest = cluster.rest();
    const path = `/api/conversations/${id}/participants`;
    await cluster.redis.kill();

    const lastRevs = new Map<ClusterClient, number>();
    for (const client of removed) {
      await rest.ok(admin.user, `DELETE ${path}/${client.user.id}`);
      lastRevs.set(client, (await rest.ok(admin.user, `GET /api/conversations/${id}`)).rev);
    }
    const other = await rest.group(admin.user, removed.map(({ user }) => user));
    const [removedMs, addedMs] = await meanwhile(stage, () =>
      Promise.all([
        comesTrue(removed, (cursors) => !cursors.has(id), "those removed were not told"),
        comesTrue(removed, (cursors) => cursors.has(other), "those added do not see the conversation"),
      ]));
    for (const client of removed) await assertOut(client, id, lastRevs.get(client) ?? 0);

    await rest.ok(admin.user, `POST ${path}`, { userId: back.user.id });
    const [backMs] = await meanwhile(
      stage,
      () =>
        Promise.all([
          comesTrue([back], (cursors) => cursors.has(id), "who was let in again does not see it"),
        ]),
    );
    await cluster.redis.restart();
    await stage.write(100, () => pause(1_000));
    const inside = stage.clients.filter((client) => client === back || !removed.includes(client));
    const figures = await stage.audit(inside);
    return outcome(
      figures,
      `told of removal ${ms(removedMs)}, addition ${ms(addedMs)}, return ${ms(backMs)}`,
    );
  },
};

/** Does something while writers write, and for a moment longer. */
async function meanwhile<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
  let done: T | undefined;
  await stage.write(100, async () => {
    done = await work();
    await pause(500);
  });
  return done as T;
}

function comesTrue(
  clients: readonly ClusterClient[],
  holds: (cursors: ReadonlyMap<string, number>) => boolean,
  otherwise: string,
): Promise<number> {
  return until(() => clients.every(({ replica }) => holds(replica.cursors)), SOON_MS, () => otherwise);
}

/** Someone removed can say nothing, and was told nothing after `lastRev`. */
async function assertOut(client: ClusterClient, conversationId: string, lastRev: number): Promise<void> {
  const data = { conversationId, clientId: "late", content: "still here?" };
  const answer = await client.ask("send_message", data);
  assertEquals(answer?.["error"]?.code, "not_found", `a send by someone removed, on node ${client.node}`);
  const later = client.told.filter((one) => one.conversationId === conversationId && one.rev > lastRev);
  assertEquals(later, [], `what someone removed was told on node ${client.node} after ${lastRev}`);
}
