import type { Bench, Round } from "./bench.ts";
import { sleep } from "./bench.ts";
import { DIALECTS } from "./dialect.ts";
import { Meter, residentBytes } from "./meter.ts";
import { inParallel, makeGroups } from "./population.ts";

/** Connections of one user. */
const EACH = 10;
/** Sockets that are there before, so that what is counted is sockets and not code that is run for the first time. */
const FIRST = 500;

/**
 * Measures what an idle socket, authenticated and resumed in a conversation of ten, adds to the server's resident
 * memory beyond the first 500, as `kib`. It counts all that the server has come to hold meanwhile, garbage included.
 */
export async function idleSockets(bench: Bench, sockets: number): Promise<Round[]> {
  const groups = await makeGroups(bench.url, sockets / EACH / 10, 10);
  const tokens = groups.flatMap(({ members }) => members.map(({ token }) => token));
  const dialect = DIALECTS[bench.dialect];
  const openMore = (count: number) =>
    inParallel(count, 32, (index) => dialect.open(bench.url, tokens[index % tokens.length] ?? "", 4096));
  const open = await openMore(FIRST);
  await sleep(1000);
  const before = residentBytes(bench.pids);
  const meter = new Meter(bench.pids);
  open.push(...await openMore(sockets));
  await sleep(bench.seconds * 1000);
  const kib = (residentBytes(bench.pids) - before) / sockets / 1024;
  const load = meter.stop();
  for (const socket of open) socket.close();
  return [{ values: { kib }, load }];
}
