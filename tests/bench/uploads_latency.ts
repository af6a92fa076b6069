import type { Bench, Round } from "./bench.ts";
import { settle, sleep } from "./bench.ts";
import { Meter } from "./meter.ts";
import { quantiles } from "./paced.ts";
import { makeGroups } from "./population.ts";
import { timedRooms } from "./timed.ts";
import type { TimedRooms } from "./timed.ts";
import { startBringing } from "./uploads_crowd.ts";
import type { Bringing } from "./uploads_crowd.ts";
import { MB, placeIn } from "./uploads_files.ts";

const [ROOMS, MEMBERS, RATE] = [20, 10, 200];
/** Until what goes on is in full swing. */
const SWING_MS = 1_000;

/**
 * Messages, 200 a second into 20 rooms of 10, while nothing else goes on and while files are brought, in turn: milliseconds
 * from a send to each of its deliveries (`idle50`, `idle99`, `p50`, `p99`), how many times longer the 99th percentile is
 * (`times`), and MB of files a second (`mb`). The load is that of the time with files.
 */
export async function besideUploads(bench: Bench, files: Omit<Bringing, "place">): Promise<Round[]> {
  const groups = await makeGroups(bench.url, ROOMS, MEMBERS);
  const bringing = { ...files, place: placeIn(bench.url, groups[0]) };
  const rooms = await timedRooms(bench, groups);
  const stop = rooms.speak(RATE);
  await beside(bench, rooms, bringing);
  const rounds: Round[] = [];
  while (rounds.length < bench.rounds) {
    const { p50: idle50 = NaN, p99: idle99 = NaN } = await heard(bench, rooms);
    const { values: { p50 = NaN, p99 = NaN, mb = NaN }, load } = await beside(bench, rooms, bringing);
    rounds.push({ values: { idle50, idle99, p50, p99, times: p99 / idle99, mb }, load });
  }
  await stop();
  return rounds;
}

async function beside(bench: Bench, rooms: TimedRooms, bringing: Bringing): Promise<Round> {
  const crowd = startBringing(bringing);
  await settle(() => crowd.sent() > 0, () => crowd.sent(), "files");
  await sleep(SWING_MS);
  const [before, meter] = [crowd.sent(), new Meter(bench.pids)];
  const values = await heard(bench, rooms);
  const load = meter.stop();
  const mb = (crowd.sent() - before) / MB / bench.seconds;
  await crowd.stop();
  await sleep(SWING_MS);
  return { values: { ...values, mb }, load };
}

/** The quantiles of what is heard for a while. */
async function heard({ seconds }: Bench, rooms: TimedRooms): Promise<Record<string, number>> {
  rooms.take();
  await sleep(seconds * 1000);
  return quantiles(rooms.take());
}
