import type { Bench, Round } from "./bench.ts";
import { measure } from "./bench.ts";
import { makeGroups } from "./population.ts";
import { quantile } from "./stats.ts";
import { timedRooms } from "./timed.ts";

/** Messages at a fixed rate, from the members of each room in turn, whatever the server does. */
export interface Paced {
  readonly rooms: number;
  readonly members: number;
  /** Messages a second in all, falling: what counts is the first that the server keeps up with, or else the last. */
  readonly rates: readonly number[];
}

/** The share of what is sent that must have arrived meanwhile where a server keeps up. */
const KEPT = 0.95;

/**
 * Measures the time from a send to each of its deliveries at `rate` a second: `p50`, `p95`, `p99` in milliseconds.
 * With a far node, its members only listen, and only what they hear counts.
 */
export async function paced(bench: Bench, { rooms, members, rates }: Paced): Promise<Round[]> {
  const timed = await timedRooms(bench, await makeGroups(bench.url, rooms, members));
  const attempt = async (rate: number) => {
    const stop = timed.speak(rate);
    const measured = await measure(bench, () => timed.take(), (seconds) => {
      const samples = timed.take();
      return { ...quantiles(samples), rate, kept: samples.length / timed.hearers / rate / seconds };
    });
    await stop();
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
