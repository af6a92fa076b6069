import { assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause } from "../support/cluster_random.ts";
import type { TestUser } from "../support/rest.ts";
import type { Received } from "../support/socket.ts";
import type { Fault } from "./fault.ts";
import { ms } from "./fault.ts";

const SOCKETS = 5_000;
const USERS = 500;
const GROUP = 10;
/** A test's node has no limit of the loop's delay unless it is given one. */
const ENVIRONMENT = { HEARTBEAT_MS: "60000", MAX_LOOP_DELAY_MS: "500" };
/** People would have given up by then; nobody on a machine that does nothing else. */
const PATIENCE_MS = 30_000;
/** The test has. */
const GIVE_UP_MS = 120_000;
/** Before the first further try, doubling; half of it at random. */
const AGAIN_MS = 500;
const LONGEST_MS = 8_000;

export const storm: Fault = {
  name: `${SOCKETS} reconnections at once`,
  promise:
    `${SOCKETS} clients of a node that was killed come back at once, with their cursors, and everyone is served`,
  services: false,
  async run() {
    await using cluster = await Cluster.start({ nodes: 1, embedded: true, env: ENVIRONMENT });
    const { users, groups } = await populate(cluster);
    const clients = Array.from({ length: SOCKETS }, (_, at) => new Returner(cluster, pickOf(users, at)));
    for (let at = 0; at < SOCKETS; at += 200) {
      await Promise.all(clients.slice(at, at + 200).map((client) => client.come()));
    }
    await cluster.stopNode(0);
    await Promise.all(clients.map(({ gone }) => gone));
    await cluster.startNode(0);
    for (const { admin, id } of groups) await cluster.rest().send(admin, id, "missed");
    const began = performance.now();
    const back = await Promise.all(clients.map(async (client) => {
      await client.come();
      return performance.now() - began;
    }));
    const metrics = (await cluster.rest().call(undefined, "GET /metrics")).body as string;
    const late = back.filter((at) => at > PATIENCE_MS).length;
    const [lost, doubled] = [1, 2].map((sign) =>
      clients.filter(({ missed }) => sign === 1 ? missed < 2 : missed > 2).length
    );
    assertEquals([lost, doubled], [0, 0], "everyone has what was said in both conversations, once");
    for (const client of clients) client.leave();
    const sorted = back.sort((a, b) => a - b);
    const tries = clients.reduce((sum, client) => sum + client.tries, 0);
    const notes = [
      `half back in ${ms(sorted[Math.floor(sorted.length / 2)] ?? NaN)}`,
      `${tries - 2 * SOCKETS} tried again`,
      `${late} after more than ${ms(PATIENCE_MS)}`,
      `resident ${Math.round(Number(/^parley_resident_bytes (\d+)/m.exec(metrics)?.[1]) / 1024 ** 2)} MB`,
    ].join(", ");
    return {
      acknowledged: groups.length,
      lost: 0,
      doubled: 0,
      holes: 0,
      catchUpMs: sorted.at(-1) ?? NaN,
      notes,
    };
  },
};

function pickOf<T>(some: readonly T[], at: number): T {
  const picked = some[at % some.length];
  if (picked === undefined) throw new Error("there is nothing to pick from");
  return picked;
}

interface Group {
  readonly id: string;
  readonly admin: TestUser;
}

/** People who are each in two groups of ten. */
async function populate(cluster: Cluster): Promise<{ users: TestUser[]; groups: Group[] }> {
  const rest = cluster.rest();
  const users: TestUser[] = [];
  for (let at = 0; at < USERS; at += 20) {
    const some = Array.from({ length: 20 }, (_, more) => rest.register(`storm${at + more}`));
    users.push(...await Promise.all(some));
  }
  const groups: Group[] = [];
  for (const shift of [0, GROUP / 2]) {
    for (let at = shift; at < USERS + shift; at += GROUP) {
      const [admin, ...others] = Array.from({ length: GROUP }, (_, more) => pickOf(users, at + more));
      if (admin) groups.push({ admin, id: await rest.group(admin, others) });
    }
  }
  return { users, groups };
}

/** A client that comes back until it is served, as it is told to. */
class Returner {
  /** Ends with the socket that it has. */
  gone: Promise<void> = Promise.resolve();
  tries = 0;
  /** Messages that it was told of when it came back. */
  missed = 0;
  readonly #cluster: Cluster;
  readonly #user: TestUser;
  readonly #cursors = new Map<string, number>();
  /** Tries since it last came. */
  #tried = 0;
  #socket: WebSocket | undefined;

  constructor(cluster: Cluster, user: TestUser) {
    this.#cluster = cluster;
    this.#user = user;
  }

  /** Resolves once it has resumed, or has given up. */
  async come(): Promise<void> {
    this.#tried = 0;
    const began = performance.now();
    while (performance.now() - began < GIVE_UP_MS) {
      const againMs = await this.#try();
      if (againMs === undefined) return;
      await pause(againMs);
    }
  }

  leave(): void {
    this.#socket?.close();
  }

  /** Answers after how many milliseconds to try again; nothing once it has resumed. */
  #try(): Promise<number | undefined> {
    this.tries++;
    this.#tried++;
    const headers = { authorization: `Bearer ${this.#user.token}` };
    const socket = new WebSocket(`${this.#cluster.url(0).replace("http", "ws")}/ws`, { headers });
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const ended = Promise.withResolvers<void>();
    this.gone = ended.promise;
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = () => {
      const full = Math.min(LONGEST_MS, AGAIN_MS * 2 ** (this.#tried - 1));
      resolve(full / 2 + Math.random() * full / 2);
      ended.resolve();
    };
    socket.onmessage = ({ data }) => {
      for (const text of String(data).split("\n")) {
        const received: Received = JSON.parse(text);
        if (received.event === "hello") socket.send(this.#resume());
        if (received.event === "synced") resolve(undefined);
        if (received.event === "error") {
          setTimeout(() => socket.send(this.#resume()), received["error"].retryAfterMs);
        }
        this.#take(received);
      }
    };
    return promise;
  }

  #resume(): string {
    return JSON.stringify({ id: "r", event: "resume", data: { cursors: Object.fromEntries(this.#cursors) } });
  }

  #take({ event, conversationId, rev, data }: Received): void {
    if (rev !== undefined) this.#cursors.set(conversationId, rev);
    if (event === "sync") this.missed += data.changes.length;
    if (event === "new_message") this.missed++;
  }
}
