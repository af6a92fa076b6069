import type { Bench, Round } from "./bench.ts";
import { measure, settle, sleep } from "./bench.ts";
import { connect, say } from "./crowd.ts";
import type { Ears } from "./crowd.ts";
import { makeGroups } from "./population.ts";
import { quantile } from "./stats.ts";

/** Messages at a fixed rate, from each member of each room in turn, whatever the server does. */
export interface Paced {
  readonly rooms: number;
  readonly members: number;
  /** Messages a second in all. */
  readonly rate: number;
}

const MARK = "~T";
const DIGITS = 12;

/** Measures the time from a send to each of its deliveries: `p50`, `p95`, `p99` in milliseconds. */
export async function paced(bench: Bench, { rooms, members, rate }: Paced): Promise<Round[]> {
  const began = performance.now();
  const now = () => performance.now() - began;
  let [pushes, sent, running] = [0, 0, true];
  let samples: number[] = [];
  const ears: Ears = {
    pushed(text, at) {
      const digits = text.indexOf(MARK, at) + MARK.length;
      if (digits < MARK.length || text.length < digits + DIGITS) return false;
      samples.push(now() - Number(text.slice(digits, digits + DIGITS)) / 1000);
      pushes++;
      return true;
    },
    acked() {},
  };
  const crowd = await connect(bench.url, await makeGroups(bench.url, rooms, members), ears, 32 * 1024);
  const send = (number: number) => {
    const sender = crowd[number % rooms]?.[Math.floor(number / rooms) % members];
    if (sender) say(sender, `${MARK}${String(Math.round(now() * 1000)).padStart(DIGITS, "0")}`);
    sent++;
  };
  const pace = async () => {
    const start = now();
    while (running) {
      while (sent < (now() - start) * rate / 1000) send(sent);
      await sleep(1);
    }
  };
  const pacing = pace();
  const measured = await measure(bench, () => samples = [], () => quantiles(samples));
  running = false;
  await pacing;
  await settle(() => pushes === sent * members, () => pushes, "deliveries");
  return measured;
}

function quantiles(samples: readonly number[]): Record<string, number> {
  const sorted = Float64Array.from(samples).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}
