import { assertEquals } from "@std/assert";
import type { Cluster } from "./cluster.ts";
import { ClusterClient } from "./cluster_client.ts";
import type { Acknowledged } from "./cluster_client.ts";
import { audit, Ledger } from "./cluster_ledger.ts";
import type { Figures } from "./cluster_ledger.ts";
import { pause, pick, randomFrom } from "./cluster_random.ts";
import type { TestUser } from "./rest.ts";

export interface StageOptions {
  readonly seed: number;
  readonly writers: number;
  readonly readers: number;
  readonly conversations: number;
  /** Writers are on the first node, readers on the others; else all are everywhere. */
  readonly apart?: boolean;
}

/** One of so many acknowledged messages is looked for on another node at once, and one is changed. */
const LOOK_FOR_ONE_OF = 8;
const CHANGE_ONE_OF = 4;

/** People in a few conversations, spread over the nodes of a cluster. Disposing has them leave. */
export class Stage implements AsyncDisposable {
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly cluster: Cluster;
  readonly clients: ClusterClient[];
  readonly conversationIds: readonly string[];
  readonly writers: readonly ClusterClient[];

  constructor(
    cluster: Cluster,
    ledger: Ledger,
    clients: ClusterClient[],
    conversationIds: readonly string[],
    { writers, seed }: StageOptions,
  ) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.clients = clients;
    this.writers = clients.slice(0, writers);
    this.conversationIds = conversationIds;
    this.random = randomFrom(seed);
  }

  static async set(cluster: Cluster, options: StageOptions): Promise<Stage> {
    const { writers, readers, conversations, apart = false } = options;
    const rest = cluster.rest();
    const users: TestUser[] = [];
    for (let at = 0; at < writers + readers; at++) users.push(await rest.register(`someone${at}`));
    const [admin, ...others] = users;
    if (!admin) throw new Error("nobody is on the stage");
    const ids: string[] = [];
    for (let at = 0; at < conversations; at++) ids.push(await rest.group(admin, others));
    const ledger = new Ledger();
    const count = cluster.running.length;
    const place = (at: number) => apart ? at < writers ? 0 : 1 + at % (count - 1) : at % count;
    const clients = await Promise.all(
      users.map((user, at) => new ClusterClient(cluster, user, place(at), ledger).start()),
    );
    return new Stage(cluster, ledger, clients, ids, options);
  }

  /** Has every writer write, one message after another, until `meanwhile` is done. */
  async write(everyMs: number, meanwhile: () => Promise<void>): Promise<void> {
    let done = false;
    const writing = this.writers.map(async (writer, at) => {
      while (!done) {
        const id = pick(this.random, this.conversationIds);
        const said = await writer.say(id, at % 3 === 2 ? "rest" : "socket");
        if (said && this.random() * LOOK_FOR_ONE_OF < 1) await this.#findElsewhere(writer, id, said);
        if (said && this.random() * CHANGE_ONE_OF < 1) await this.#change(writer, said);
        await pause(this.random() * 2 * everyMs);
      }
    });
    try {
      await meanwhile();
    } finally {
      done = true;
      await Promise.all(writing);
    }
  }

  /** Has the people here open further sockets on a node. */
  async crowd(sockets: number, node: number): Promise<void> {
    const users = this.clients.map(({ user }) => user);
    const more = Array.from({ length: sockets }, () => {
      return new ClusterClient(this.cluster, pick(this.random, users), node, this.ledger).start();
    });
    this.clients.push(...await Promise.all(more));
  }

  /** Has everyone connect anew. */
  reconnect(): void {
    for (const client of this.clients) client.reconnect();
  }

  /** Has everyone open a conversation. */
  async openAll(conversationId: string): Promise<void> {
    await Promise.all(this.clients.map((client) => client.ask("join_conversation", { conversationId })));
  }

  /** Holds everything against everything that these have been told; see `audit`. */
  audit(clients: readonly ClusterClient[] = this.clients): Promise<Figures> {
    return audit(this.cluster, clients, this.conversationIds, this.ledger);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.stop()));
  }

  /** Changes a message; should nothing be answered, either may be, as long as everyone sees the same. */
  async #change(writer: ClusterClient, { messageId, seq }: Acknowledged): Promise<void> {
    if (this.random() < 0.5) await writer.ask("edit_message", { messageId, text: `${seq}, said better` });
    else await writer.ask("add_reaction", { messageId, emoji: "👍", on: true });
  }

  /** What one node acknowledged is in the history that another one reads. */
  async #findElsewhere(
    { user }: ClusterClient,
    conversationId: string,
    { node, seq }: Acknowledged,
  ): Promise<void> {
    const others = this.cluster.running.filter((other) => other !== node);
    if (others.length === 0) return;
    const path = `/api/messages/conversation/${conversationId}?after=${seq - 1}&limit=1`;
    const rest = this.cluster.rest(pick(this.random, others));
    const answer = await rest.call(user, `GET ${path}`).catch(() => undefined); // the node ended meanwhile
    if (answer?.status === 200) assertEquals(answer.body.messages[0]?.seq, seq);
  }
}
