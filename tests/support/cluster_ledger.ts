import { assertEquals } from "@std/assert";
import type { Cluster } from "./cluster.ts";
import type { ClusterClient } from "./cluster_client.ts";
import { until } from "./cluster_random.ts";
import type { RestAnswer } from "./rest.ts";

interface Said {
  readonly conversationId: string;
  readonly author: string;
  /** The place that it was acknowledged with. */
  seq?: number;
}

/** What became of what was said. */
export interface Figures {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly holes: number;
  /** Milliseconds until everyone had everything. */
  readonly catchUpMs: number;
  /** Milliseconds from a message's first try to its acknowledgement. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What was said, and what the nodes answered. */
export class Ledger {
  readonly faults: string[] = [];
  readonly #said = new Map<string, Said>();
  readonly #refusals = new Map<string, number>();
  readonly #latencies: number[] = [];

  get count(): number {
    return this.#latencies.length;
  }

  /** How often each error was answered that is worth a retry. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** A new message is about to be sent; answers its `clientId`. */
  saying(conversationId: string, author: string): string {
    const clientId = `${author}-${this.#said.size}`;
    this.#said.set(clientId, { conversationId, author });
    return clientId;
  }

  acknowledged(clientId: string, seq: number, ms: number): void {
    const said = this.#said.get(clientId);
    if (said) said.seq = seq;
    this.#latencies.push(ms);
  }

  refused(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** The part of the acknowledgements that took the longest, as one number of milliseconds. */
  percentile(part: number, since = 0): number {
    const sorted = this.#latencies.slice(since).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  }

  /** Everything acknowledged stands once in the history, in places 1, 2, 3 …, an author's own in the order of saying. */
  check(conversationId: string, history: readonly RestAnswer["body"][]): Omit<Figures, "catchUpMs"> {
    const places = new Map<string, number[]>();
    for (const { clientId, seq } of history) {
      if (clientId !== null) places.set(clientId, [...places.get(clientId) ?? [], seq]);
    }
    const last = new Map<string, number>();
    let [acknowledged, lost] = [0, 0];
    for (const [clientId, { conversationId: where, author, seq }] of this.#said) {
      if (where !== conversationId || seq === undefined) continue;
      acknowledged++;
      if (!places.get(clientId)?.includes(seq)) lost++;
      if (seq <= (last.get(author) ?? 0)) this.faults.push(`${clientId} at ${seq} after ${last.get(author)}`);
      last.set(author, seq);
    }
    for (const clientId of places.keys()) {
      if (!this.#said.has(clientId)) this.faults.push(`nobody said ${clientId}`);
    }
    const doubled = [...places.values()].filter(({ length }) => length > 1).length;
    const holes = history.filter(({ seq }, index) => seq !== index + 1).length;
    return { acknowledged, lost, doubled, holes, p50Ms: this.percentile(0.5), p99Ms: this.percentile(0.99) };
  }
}

/** What of a message is compared: who has read it has no `rev`. */
function lasting(message: object): object {
  return { ...message, readBy: undefined };
}

/** Waits until these clients stand at the heads of these conversations; answers after how many milliseconds. */
export async function caughtUp(
  cluster: Cluster,
  clients: readonly ClusterClient[],
  conversationIds: readonly string[],
  ms = 10_000,
): Promise<number> {
  const [first] = clients;
  if (!first) return 0;
  const read = async (id: string) => {
    const { rev } = await cluster.rest().ok(first.user, `GET /api/conversations/${id}`);
    return [id, rev as number] as const;
  };
  const heads = await Promise.all(conversationIds.map(read));
  const behind = () =>
    clients.flatMap(({ user, node, replica: { cursors } }) =>
      heads.filter(([id, rev]) => (cursors.get(id) ?? 0) < rev)
        .map(([id, rev]) => `${user.name} on ${node}: ${cursors.get(id)} of ${rev}`)
    );
  return await until(() => behind().length === 0, ms, () => behind().join(", "));
}

/**
 * Waits until everyone has everything, and holds the clients' states, the histories as each node reads them and the
 * ledger against each other. Throws where a promise was broken.
 */
export async function audit(
  cluster: Cluster,
  clients: readonly ClusterClient[],
  conversationIds: readonly string[],
  ledger: Ledger,
): Promise<Figures> {
  const catchUpMs = await caughtUp(cluster, clients, conversationIds);
  const sums = { acknowledged: 0, lost: 0, doubled: 0, holes: 0 };
  const [first] = clients;
  if (!first) throw new Error("there is nobody to ask");
  for (const { replica, user } of clients) {
    await replica.fetchMissing(cluster.rest(), user);
    assertEquals(replica.faults, [], user.name);
  }
  for (const id of conversationIds) {
    const histories = await Promise.all(
      cluster.running.map((node) => cluster.rest(node).history(first.user, id)),
    );
    const [history = []] = histories;
    const shown = JSON.stringify(history.map(lasting));
    for (const other of histories) {
      assertEquals(JSON.stringify(other.map(lasting)) === shown, true, "nodes differ");
    }
    for (const { user, replica } of clients) {
      const kept = JSON.stringify(replica.messages(id).map(lasting));
      assertEquals(
        kept === shown || replica.messages(id).map(lasting),
        kept === shown || history.map(lasting),
        user.name,
      );
    }
    const found = ledger.check(id, history);
    for (const key of ["acknowledged", "lost", "doubled", "holes"] as const) sums[key] += found[key];
  }
  assertEquals(ledger.faults, []);
  const { lost, doubled, holes } = sums;
  assertEquals({ lost, doubled, holes }, { lost: 0, doubled: 0, holes: 0 });
  return { ...sums, catchUpMs, p50Ms: ledger.percentile(0.5), p99Ms: ledger.percentile(0.99) };
}
