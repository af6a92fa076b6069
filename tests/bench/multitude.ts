import { BODY_BYTES, settle, sleep } from "./bench.ts";
import type { Bench, Round } from "./bench.ts";
import { DIALECTS } from "./dialect.ts";
import { Meter, residentBytes } from "./meter.ts";
import type { Group, Person } from "./population.ts";
import { inParallel, makeGroup, register } from "./population.ts";
import { Socket } from "./socket.ts";
import { quantile } from "./stats.ts";

const MEMBERS = 10;
const CONVERSATIONS = 5;
const CONNECTING = 64;
const MAKING = 8;
/** Messages a second. */
const RATE = 100;
const BUFFER_BYTES = 4096;
const MARK = "~T";
const DIGITS = 12;
/** How long it takes until the runtime has collected what was needed for a moment. */
const REST_MS = 20_000;
/** Who does not come back within this time has gone. */
const GONE_MS = 4_000;

/**
 * Measures many users, each with a socket and in five conversations of ten: `connectMs` for all to connect and resume,
 * `soonMib` that the process holds just after and `mib` at rest, and `p99` in milliseconds from a send to its deliveries
 * and its acknowledgement.
 */
export async function multitude(bench: Bench, count: number): Promise<Round[]> {
  const people = await register(bench.url, count);
  const groups = await overlapping(bench.url, people);
  const began = performance.now();
  const sockets = await inParallel(count, CONNECTING, (index) => {
    return DIALECTS.parley.open(bench.url, people[index]?.token ?? "", BUFFER_BYTES);
  });
  const connectMs = performance.now() - began;
  await sleep(bench.seconds * 1_000);
  const soonMib = residentBytes(bench.pids) / 1024 ** 2;
  await sleep(REST_MS);
  const mib = residentBytes(bench.pids) / 1024 ** 2;
  const meter = new Meter(bench.pids);
  const socketOf = new Map(people.map(({ id }, index) => [id, sockets[index]]));
  const senders = groups.map(({ id, members }) => ({ id, socket: socketOf.get(members[0]?.id ?? "") }));
  const p99 = await chat(sockets, senders, bench.seconds);
  const load = meter.stop();
  for (const socket of sockets) socket.close();
  return [{ values: { soonMib, mib, connectMs, p99 }, load }];
}

/** Groups of ten, such that everyone is in five and shares each with other people. */
async function overlapping(url: string, people: readonly Person[]): Promise<Group[]> {
  const rooms = people.length / MEMBERS;
  return await inParallel(rooms * CONVERSATIONS, MAKING, (index) => {
    const [room, layer] = [index % rooms, Math.floor(index / rooms)];
    const members = Array.from({ length: MEMBERS }, (_, slot) => {
      const at = slot * rooms + (room + slot * layer) % rooms;
      return people[at] ?? { id: "", token: "" };
    });
    return makeGroup(url, `Bench ${index}`, members);
  });
}

interface Sender {
  readonly id: string;
  readonly socket: Socket | undefined;
}

/** One conversation after another is spoken in, at an even rate; answers the 99th percentile. */
async function chat(
  sockets: readonly Socket[],
  senders: readonly Sender[],
  seconds: number,
): Promise<number> {
  const samples: number[] = [];
  const began = performance.now();
  const now = () => performance.now() - began;
  for (const socket of sockets) {
    socket.scan((text) => {
      let done = Math.max(0, text.length - MARK.length - DIGITS);
      for (let at = text.indexOf(MARK); at >= 0 && text.length >= at + MARK.length + DIGITS;) {
        const from = at + MARK.length;
        samples.push(now() - Number(text.slice(from, from + DIGITS)) / 1000);
        done = from + DIGITS;
        at = text.indexOf(MARK, done);
      }
      return Math.max(done, text.length - MARK.length - DIGITS);
    });
  }
  let sent = 0;
  for (; now() < seconds * 1_000; await sleep(1)) {
    while (sent < now() * RATE / 1000) {
      const { id, socket } = senders[sent++ % senders.length] ?? { id: "", socket: undefined };
      const text = `${MARK}${String(Math.round(now() * 1000)).padStart(DIGITS, "0")}`.padEnd(BODY_BYTES, "x");
      socket?.send(DIALECTS.parley.send(id, id, sent, text));
    }
  }
  // The sender has its acknowledgement beside the delivery.
  await settle(() => samples.length === sent * (MEMBERS + 1), () => samples.length, "deliveries");
  return quantile(Float64Array.from(samples).sort(), 0.99);
}

/**
 * Measures a user in many conversations: `firstMs` for a resume with nothing, `againMs` for one with all cursors, and
 * the `publishes` on the bus of one coming and one going.
 */
export async function oneInMany(bench: Bench, conversations: number): Promise<Round[]> {
  const [owner, busy] = await register(bench.url, 2);
  if (!owner || !busy) throw new Error("nobody is there");
  await inParallel(conversations, MAKING, (index) => makeGroup(bench.url, `Bench ${index}`, [owner, busy]));
  const meter = new Meter(bench.pids);
  const before = await published(bench.url);
  const first = await resume(bench.url, busy.token, {});
  first.socket.close();
  await sleep(GONE_MS);
  const publishes = await published(bench.url) - before;
  const revs = [...first.text.matchAll(/"conversationId":"(\w+)","rev":(\d+)/g)];
  const cursors = Object.fromEntries(revs.map(([, id, rev]) => [id, Number(rev)]));
  if (revs.length !== conversations) throw new Error(`${revs.length} conversations were told of`);
  const again = await resume(bench.url, busy.token, cursors);
  again.socket.close();
  return [{ values: { firstMs: first.ms, againMs: again.ms, publishes }, load: meter.stop() }];
}

async function resume(
  url: string,
  token: string,
  cursors: object,
): Promise<{ readonly socket: Socket; readonly ms: number; readonly text: string }> {
  const socket = await Socket.open(url, "/ws", 1024 * 1024, [`Authorization: Bearer ${token}`]);
  const began = performance.now();
  const synced = socket.expect(`"event":"synced"`);
  socket.send(JSON.stringify({ id: "resume", event: "resume", data: { cursors } }));
  const text = await synced;
  return { socket, ms: performance.now() - began, text };
}

async function published(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^parley_bus_published_total (\d+)$/m.exec(text)?.[1]);
}
