import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import type { ClusterClient } from "../support/cluster_client.ts";
import { pause, until } from "../support/cluster_random.ts";
import { Stage } from "../support/cluster_stage.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

/** What passes stops so soon after a removal. */
const STOP_MS = 3_000;
/** So long it is watched that nothing more comes. */
const WATCH_MS = 2_000;
const HEARD_MS = 5_000;
const TYPE_EVERY_MS = 100;

/** People are removed on a node that tells, or cannot tell, the node where everyone types. */
export const passing: Fault = {
  name: "typing, after a removal whose hint was lost",
  promise:
    "typing neither reaches nor comes from someone who was removed 3 s ago, also when the hint was lost",
  services: true,
  async run(seed) {
    await using cluster = await Cluster.start({ nodes: 2 });
    await using stage = await Stage.set(cluster, { seed, writers: 2, readers: 14, conversations: 1 });
    const [id = ""] = stage.conversationIds;
    const [admin] = stage.clients;
    const others = stage.clients.filter(({ node }) => node === 1); // the first of them writes
    const [first, second] = others.splice(-2);
    assert(admin && first && second);
    await stage.openAll(id);
    const remove = (one: ClusterClient) =>
      cluster.rest(0).ok(admin.user, `DELETE /api/conversations/${id}/participants/${one.user.id}`);
    const hinted = await typingEnds(first, others, id, () => remove(first));
    await cluster.redis.kill();
    const unhinted = await typingEnds(second, others, id, () => remove(second));
    await cluster.redis.restart();
    await stage.write(100, () => pause(500));
    const figures = await stage.audit(stage.clients.filter((one) => one !== first && one !== second));
    const notes = `typing ended ${ms(hinted)} after the removal, with its hint lost ${ms(unhinted)}`;
    return outcome({ ...figures, catchUpMs: unhinted }, notes);
  },
};

/** Removes someone while everyone types; answers after how many milliseconds nothing passed any more. */
async function typingEnds(
  removed: ClusterClient,
  others: readonly ClusterClient[],
  conversationId: string,
  remove: () => Promise<unknown>,
): Promise<number> {
  const passed = () => heard(removed) + others.reduce((sum, one) => sum + heard(one, removed), 0);
  const typing = setInterval(() => {
    const event = Math.random() < 0.5 ? "typing_start" : "typing_stop";
    for (const one of [removed, ...others]) one.tell(event, { conversationId });
  }, TYPE_EVERY_MS);
  try {
    await until(() => heard(removed) > 0 && passed() > heard(removed), HEARD_MS, () => "nobody was heard");
    await remove();
    const began = performance.now();
    let [count, endedMs] = [passed(), 0];
    while (performance.now() - began < STOP_MS) {
      await pause(10);
      if (passed() > count) [count, endedMs] = [passed(), performance.now() - began];
    }
    const before = others.map((one) => heard(one));
    count = passed();
    await pause(WATCH_MS);
    assertEquals(passed() - count, 0, "typing that passed later than 3 s after the removal");
    assert(others.every((one, at) => heard(one) > (before[at] ?? 0)), "the others did not type on");
    return endedMs;
  } finally {
    clearInterval(typing);
  }
}

/** How often a client was told that someone types, or that this one does. */
function heard({ signals }: ClusterClient, by?: ClusterClient): number {
  return signals.filter(({ event, data }) => event === "user_typing" && (!by || data.userId === by.user.id))
    .length;
}
