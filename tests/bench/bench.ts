import type { DIALECTS } from "./dialect.ts";
import { Meter } from "./meter.ts";
import type { Load } from "./meter.ts";

/** What a driver is told: a server, and how long to measure. */
export interface Bench {
  readonly url: string;
  /** The server's processes. */
  readonly pids: readonly number[];
  readonly dialect: keyof typeof DIALECTS;
  /** Another node, to which every second member of a conversation connects. */
  readonly far?: string | undefined;
  readonly rounds: number;
  readonly seconds: number;
}

/** What one round measured, by the keys of the figure's rows. */
export interface Round {
  readonly values: Readonly<Record<string, number>>;
  readonly load: Load;
}

/** Bytes of a message's text. */
export const BODY_BYTES = 300;

/** A server's code is compiled as it runs: before the first round it gets as long to warm up, and a while more. */
const WARM_SECONDS = 1;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Warms up and measures the rounds; `begin` starts counting, `end` answers the values after `seconds`. */
export async function measure(
  { pids, rounds, seconds }: Bench,
  begin: () => void,
  end: (seconds: number) => Record<string, number>,
): Promise<Round[]> {
  await sleep((WARM_SECONDS + seconds / 2) * 1000);
  const meter = new Meter(pids);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    begin();
    meter.start();
    const began = performance.now();
    await sleep(seconds * 1000);
    const values = end((performance.now() - began) / 1000);
    measured.push({ values, load: meter.stop() });
  }
  return measured;
}

/** Waits until `done`; throws when nothing has moved for ten seconds. */
export async function settle(done: () => boolean, progress: () => number, what: string): Promise<void> {
  let [last, since] = [progress(), performance.now()];
  while (!done()) {
    await sleep(20);
    if (progress() !== last) [last, since] = [progress(), performance.now()];
    if (performance.now() - since > 10_000) throw new Error(`${what}: stuck at ${last}`);
  }
}
