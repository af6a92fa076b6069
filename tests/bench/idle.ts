import type { Bench, Round } from "./bench.ts";
import { sleep } from "./bench.ts";
import { openResumed } from "./crowd.ts";
import { Meter, residentBytes } from "./meter.ts";
import { inParallel, makeGroups } from "./population.ts";

/** Connections of one user. */
const EACH = 10;

/**
 * Measures what an idle socket, authenticated and resumed in a conversation of ten, adds to the server's resident
 * memory, as `kib`. It counts all that the server has come to hold meanwhile, garbage included.
 */
export async function idleSockets(bench: Bench, sockets: number): Promise<Round[]> {
  const groups = await makeGroups(bench.url, sockets / EACH / 10, 10);
  const tokens = groups.flatMap(({ members }) => members.map(({ token }) => token));
  const before = residentBytes(bench.pid);
  const meter = new Meter(bench.pid);
  const open = await inParallel(
    sockets,
    32,
    (index) => openResumed(bench.url, tokens[index % tokens.length] ?? "", 4096),
  );
  await sleep(bench.seconds * 1000);
  const kib = (residentBytes(bench.pid) - before) / sockets / 1024;
  const load = meter.stop();
  for (const socket of open) socket.close();
  return [{ values: { kib }, load }];
}
