import type { Bench, Round } from "./bench.ts";
import { measure, settle, sleep } from "./bench.ts";
import { connect, say } from "./crowd.ts";
import type { Ears, Member } from "./crowd.ts";
import { makeGroups } from "./population.ts";
import { quantile } from "./stats.ts";

/** Messages at a fixed rate, from the members of each room in turn, whatever the server does. */
export interface Paced {
  readonly rooms: number;
  readonly members: number;
  /** Messages a second in all, falling: what counts is the first that the server keeps up with, or else the last. */
  readonly rates: readonly number[];
}

const MARK = "~T";
const DIGITS = 12;
/** The share of what is sent that must have arrived meanwhile where a server keeps up. */
const KEPT = 0.95;

/**
 * Measures the time from a send to each of its deliveries at `rate` a second: `p50`, `p95`, `p99` in milliseconds.
 * With a far node, its members only listen, and only what they hear counts.
 */
export async function paced(bench: Bench, { rooms, members, rates }: Paced): Promise<Round[]> {
  const began = performance.now();
  const now = () => performance.now() - began;
  const counts = ({ far }: Member) => far || bench.far === undefined;
  let [pushes, sent] = [0, 0];
  let samples: number[] = [];
  const ears: Ears = {
    pushed(text, at, member) {
      const digits = text.indexOf(MARK, at) + MARK.length;
      if (digits < MARK.length || text.length < digits + DIGITS) return false;
      if (counts(member)) samples.push(now() - Number(text.slice(digits, digits + DIGITS)) / 1000);
      pushes++;
      return true;
    },
    acked() {},
  };
  const crowd = await connect(bench, await makeGroups(bench.url, rooms, members), ears, 32 * 1024);
  const senders = crowd.map((room) => room.filter(({ far }) => !far));
  const listeners = crowd.flat().filter(counts).length / rooms;
  const send = () => {
    const room = senders[sent % rooms] ?? [];
    const sender = room[Math.floor(sent / rooms) % room.length];
    if (sender) say(sender, `${MARK}${String(Math.round(now() * 1000)).padStart(DIGITS, "0")}`);
    sent++;
  };
  const attempt = async (rate: number) => {
    const [start, before] = [now(), sent];
    let running = true;
    const pace = async () => {
      for (; running; await sleep(1)) while (sent - before < (now() - start) * rate / 1000) send();
    };
    const pacing = pace();
    const measured = await measure(bench, () => samples = [], (seconds) => {
      return { ...quantiles(samples), rate, kept: samples.length / listeners / rate / seconds };
    });
    running = false;
    await pacing;
    await settle(() => pushes === sent * members, () => pushes, "deliveries");
    return measured;
  };
  for (const rate of rates.slice(0, -1)) {
    const measured = await attempt(rate);
    if (measured.every(({ values }) => (values["kept"] ?? 0) >= KEPT)) return measured;
  }
  return await attempt(rates.at(-1) ?? 1);
}

/** What the samples do not exceed: half of them, 95 and 99 in a hundred. */
export function quantiles(samples: readonly number[]): Record<string, number> {
  const sorted = Float64Array.from(samples).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}
