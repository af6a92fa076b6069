import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause, until } from "../support/cluster_random.ts";
import { RawSocket } from "../support/raw_socket.ts";
import type { TestUser } from "../support/rest.ts";
import type { Fault } from "./fault.ts";
import { ms } from "./fault.ts";

const MEMBERS = 100;
const RATE = 60;
/** Long enough that what goes unread fills the kernel's buffers, and then the server's. */
const TEXT = "x".repeat(7_900);
const MEASURE_MS = 6_000;
const CUT_MS = 60_000;
const MARK = "~T";
const DIGITS = 12;
const MB = 1024 ** 2;

export const stalledReader: Fault = {
  name: `a reader that never reads among ${MEMBERS}`,
  promise: "a reader that never reads is cut off and forgotten, and the others do not notice",
  services: false,
  async run() {
    await using cluster = await Cluster.start({ nodes: 1, embedded: true });
    const rest = cluster.rest();
    const users: TestUser[] = [];
    while (users.length < MEMBERS + 1) users.push(await rest.register(`reader${users.length}`));
    const [stalled, sender, ...others] = users;
    assert(stalled && sender);
    const id = await rest.group(sender, [stalled, ...others], { settings: { maxParticipants: 200 } });
    const room = await Room.open(cluster, id, [sender, ...others]);
    await room.speak(MEASURE_MS / 2); // so that nothing runs for the first time
    const without: number[] = [];
    await meanwhile(MEASURE_MS, async () => void without.push(...await room.speak(500)));
    const before = await figures(cluster);

    using reader = await RawSocket.open(cluster.url(0), { authorization: `Bearer ${stalled.token}` });
    await reader.readTo("hello");
    await reader.frame(1, '{"id":"r","event":"resume","data":{"cursors":{}}}');
    await until(
      async () => (await figures(cluster)).connections === MEMBERS + 1,
      CUT_MS,
      () => "it has not come",
    );
    const latencies: number[] = [];
    const began = performance.now();
    let cutMs = NaN;
    await meanwhile(MEASURE_MS, async () => {
      latencies.push(...await room.speak(500));
      if (Number.isNaN(cutMs) && (await figures(cluster)).cut > 0) cutMs = performance.now() - began;
    }, () => !Number.isNaN(cutMs));
    const after = await figures(cluster);
    assertEquals([after.cut, after.connections, after.lingering], [1, MEMBERS, 1]);
    assert(after.rss - before.rss < 100 * MB, `memory grew by ${(after.rss - before.rss) / MB} MB`);
    reader[Symbol.dispose]();
    await until(
      async () => (await figures(cluster)).lingering === 0,
      CUT_MS,
      () => "its socket is there still",
    );
    room.close();
    const [quiet, loud] = [percentile(without, 0.99), percentile(latencies, 0.99)];
    const notes = [
      `cut off after ${ms(cutMs)}`,
      `the others' p99 ${quiet.toFixed(1)} ms without it, ${loud.toFixed(1)} ms with it`,
      `memory +${Math.round((after.rss - before.rss) / MB)} MB`,
    ].join(", ");
    return {
      acknowledged: room.said,
      lost: room.said * MEMBERS - room.heard,
      doubled: 0,
      holes: 0,
      catchUpMs: 0,
      notes,
    };
  },
};

/** Does something again and again for a while, and for as long as it takes until `done`. */
async function meanwhile(forMs: number, work: () => Promise<void>, done = () => true): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < forMs || !done()) {
    await work();
    assert(performance.now() - began < CUT_MS, "the reader was not cut off");
  }
}

interface Figures {
  readonly connections: number;
  readonly cut: number;
  readonly lingering: number;
  readonly rss: number;
}

async function figures(cluster: Cluster): Promise<Figures> {
  const { body } = await cluster.rest().call(undefined, "GET /metrics");
  const read = (name: string) =>
    Number(body.split("\n").find((line: string) => line.startsWith(`${name} `))?.split(" ")[1]);
  return {
    connections: read("parley_connections"),
    cut: read('parley_connections_ended_total{reason="too_slow"}'),
    lingering: read("parley_lingering_sockets"),
    rss: read("parley_resident_bytes"),
  };
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? NaN;
}

/** A conversation in which one speaks and everyone listens. */
class Room {
  said = 0;
  heard = 0;
  readonly #id: string;
  readonly #sockets: readonly WebSocket[];
  #latencies: number[] = [];

  private constructor(id: string, sockets: readonly WebSocket[]) {
    this.#id = id;
    this.#sockets = sockets;
    for (const socket of sockets) socket.onmessage = ({ data }) => this.#listen(String(data));
  }

  /** The first one speaks. */
  static async open(cluster: Cluster, id: string, users: readonly TestUser[]): Promise<Room> {
    return new Room(id, await Promise.all(users.map((user) => enter(cluster, user))));
  }

  /** Has messages said at an even rate for a while; answers how many milliseconds each took to each, all having come. */
  async speak(forMs: number): Promise<number[]> {
    this.#latencies = [];
    const began = performance.now();
    for (let count = 0; performance.now() - began < forMs; count++) {
      const early = began + count * 1_000 / RATE - performance.now();
      if (early > 0) await pause(early);
      this.#say();
    }
    const all = () => this.heard === this.said * this.#sockets.length;
    await until(all, CUT_MS, () => `${this.heard} of ${this.said * this.#sockets.length} came`);
    return this.#latencies;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #say(): void {
    const content = `${MARK}${Math.round(performance.now() * 1000).toString().padStart(DIGITS, "0")}${TEXT}`;
    const data = { conversationId: this.#id, clientId: `${++this.said}`, content };
    this.#sockets[0]?.send(JSON.stringify({ event: "send_message", data }));
  }

  #listen(frame: string): void {
    for (const line of frame.split("\n")) {
      if (!line.startsWith('{"event":"new_message"')) continue;
      const at = line.indexOf(MARK) + MARK.length;
      this.#latencies.push(performance.now() - Number(line.slice(at, at + DIGITS)) / 1000);
      this.heard++;
    }
  }
}

/** A socket that has resumed. */
async function enter(cluster: Cluster, { token }: TestUser): Promise<WebSocket> {
  const url = `${cluster.url(0).replace("http", "ws")}/ws`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => socket.send('{"id":"r","event":"resume","data":{"cursors":{}}}');
  socket.onmessage = ({ data }) => String(data).includes('"event":"synced"') && resolve();
  socket.onclose = () => reject(new Error("the socket ended"));
  await promise;
  return socket;
}
