import type { Bench, Round } from "./bench.ts";
import { sleep } from "./bench.ts";
import { Meter, residentBytes } from "./meter.ts";
import { inParallel, makeGroups } from "./population.ts";
import { bringer, MB, placeIn } from "./uploads_files.ts";
import type { Place } from "./uploads_files.ts";

const LOOK_MS = 20;
const REST_MS = 1_000;

/** Files that are brought at once, and one that is brought alone. */
export interface Weights {
  readonly parallel: number;
  /** Bytes of each of them. */
  readonly bytes: number;
  /** Bytes of the one. */
  readonly single: number;
}

/**
 * The most that the server's processes hold, in MB beyond what they held before the first file: while files are brought at
 * once (`many`), and while a large one is (`single`), which comes first; and `seconds` that the many took.
 */
export async function uploadMemory(bench: Bench, { parallel, bytes, single }: Weights): Promise<Round[]> {
  const [group] = await makeGroups(bench.url, 1, 1);
  const place = placeIn(bench.url, group);
  await sleep(REST_MS);
  const [idle, meter] = [residentBytes(bench.pids), new Meter(bench.pids)];
  const most = async (work: () => Promise<unknown>) => {
    let peak = 0;
    const looking = setInterval(() => peak = Math.max(peak, residentBytes(bench.pids)), LOOK_MS);
    await work().finally(() => clearInterval(looking));
    return (peak - idle) / MB;
  };
  const alone = await most(() => bringOne(place, single));
  await sleep(REST_MS);
  const began = performance.now();
  const many = await most(() => inParallel(parallel, parallel, () => bringOne(place, bytes)));
  const seconds = (performance.now() - began) / 1000;
  return [{ values: { many, single: alone, seconds }, load: meter.stop() }];
}

async function bringOne(place: Place, bytes: number): Promise<void> {
  const client = await bringer(place);
  await client.bring(bytes);
  client.close();
}
