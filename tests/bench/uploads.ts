import type { Bench, Round } from "./bench.ts";
import { Meter, SERVER_CORE } from "./meter.ts";
import { inParallel, makeGroups } from "./population.ts";
import { bindTo } from "./server.ts";
import { bringer, MB, placeIn } from "./uploads_files.ts";
import type { Place } from "./uploads_files.ts";

const FILE_BYTES = 10 * MB;
const FILES_A_SECOND = 10;
/** What the plain server can do with a body. */
const WORKS = ["write", "sync", "read", "sniff", "hash"] as const;

/**
 * Files of 10 MB brought by `parallel` clients: MB a second to the server (`own`) and in turn to a plain one on the same
 * core that writes each body to a file (`write`), and syncs it (`sync`); what is left of it when it only reads bodies
 * (`read`), tells their type (`sniff`) or hashes them (`hash`); and ours as a share of the first two (`ofWrite`, `ofSync`).
 */
export async function uploadFiles(bench: Bench, parallel: number): Promise<Round[]> {
  const [group] = await makeGroups(bench.url, 1, 1);
  const place = placeIn(bench.url, group);
  await using plain = await startPlain();
  const count = Math.max(parallel, Math.ceil(bench.seconds * FILES_A_SECOND));
  await bringAll(place, parallel, parallel);
  const rounds: Round[] = [];
  while (rounds.length < bench.rounds) {
    const meter = new Meter(bench.pids);
    const own = await bringAll(place, count, parallel);
    const load = meter.stop();
    const others: Record<string, number> = {};
    const first = rounds.length % WORKS.length;
    for (const work of [...WORKS.slice(first), ...WORKS.slice(0, first)]) {
      others[work] = await bringAll({ url: plain.url, path: `/${work}`, token: "" }, count, parallel);
      await fetch(plain.url, { method: "DELETE" }).then((answer) => answer.text());
    }
    const { write = NaN, sync = NaN } = others;
    rounds.push({ values: { own, ...others, ofWrite: own / write, ofSync: own / sync }, load });
  }
  return rounds;
}

/** MB a second. */
async function bringAll(place: Place, count: number, parallel: number): Promise<number> {
  const clients = await inParallel(parallel, parallel, () => bringer(place));
  const began = performance.now();
  let left = count;
  await Promise.all(clients.map(async (client) => {
    while (left-- > 0) await client.bring(FILE_BYTES);
    client.close();
  }));
  return count * FILE_BYTES / MB / ((performance.now() - began) / 1000);
}

/** A server that does nothing else. */
async function startPlain(): Promise<{ url: string } & AsyncDisposable> {
  const path = new URL("uploads_plain.ts", import.meta.url).pathname;
  const words = [Deno.execPath(), "run", "--frozen", "--no-check", "--allow-all", path];
  const [command = "", ...args] = [...bindTo(SERVER_CORE), ...words];
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    url: `http://127.0.0.1:${new TextDecoder().decode(value).trim()}`,
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      child.kill("SIGTERM");
      await child.status;
    },
  };
}
