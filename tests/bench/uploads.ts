import { Buffer } from "node:buffer";
import type { Bench, Round } from "./bench.ts";
import { Meter, residentBytes, SERVER_CORE } from "./meter.ts";
import { inParallel, makeGroups } from "./population.ts";
import { bindTo } from "./server.ts";

const MIB = 1024 * 1024;
const FILE_BYTES = 8 * MIB;
const LOOK_MS = 50;

/** Sends a file and answers when it is kept. */
type Send = () => Promise<void>;

/**
 * Files of 8 MiB brought in `parallel` requests at once: MiB a second to the server (`own`) and to a plain one, on the same
 * core, that writes each body to a file and syncs it (`plain`); and what the server held at most (`mib`).
 */
export async function uploadFiles(bench: Bench, parallel: number): Promise<Round[]> {
  const [group] = await makeGroups(bench.url, 1, 1);
  const url = `${bench.url}/api/uploads?conversationId=${group?.id}`;
  const headers = {
    authorization: `Bearer ${group?.members[0]?.token}`,
    "content-type": "application/pdf",
    "x-file-name": "bench.pdf",
  };
  await using plain = await startPlain();
  const rounds: Round[] = [];
  await sendAll(sender(url, headers), parallel, parallel);
  while (rounds.length < bench.rounds) {
    const count = Math.max(parallel, Math.ceil(bench.seconds * 10));
    const meter = new Meter(bench.pids);
    let most = 0;
    const looking = setInterval(() => most = Math.max(most, residentBytes(bench.pids)), LOOK_MS);
    const own = await sendAll(sender(url, headers), count, parallel);
    clearInterval(looking);
    const load = meter.stop();
    const values = { own, plain: await sendAll(sender(plain.url, {}), count, parallel), mib: most / MIB };
    rounds.push({ values, load });
  }
  return rounds;
}

/** MiB a second. */
async function sendAll(send: Send, count: number, parallel: number): Promise<number> {
  const began = performance.now();
  await inParallel(count, parallel, send);
  return count * FILE_BYTES / MIB / ((performance.now() - began) / 1000);
}

/** Every file is another one, so that none is there already. */
function sender(url: string, headers: Readonly<Record<string, string>>): Send {
  let sent = 0;
  return async () => {
    const body = Buffer.alloc(FILE_BYTES, `%PDF-1.7 ${++sent} ${crypto.randomUUID()} `);
    const response = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`${url}: ${response.status} ${text}`);
  };
}

const PLAIN = `
  const dir = await Deno.makeTempDir();
  let files = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) }, async ({ body }) => {
    const path = dir + "/" + files++;
    const file = await Deno.open(path, { write: true, create: true });
    await body?.pipeTo(file.writable, { preventClose: true });
    await file.syncData();
    file.close();
    return new Response("kept", { status: 201 });
  });
  Deno.addSignalListener("SIGTERM", () => { Deno.removeSync(dir, { recursive: true }); Deno.exit(); });
  await server.finished;
`;

/** A server that does nothing else. */
async function startPlain(): Promise<{ url: string } & AsyncDisposable> {
  const [command = "", ...args] = [...bindTo(SERVER_CORE), Deno.execPath(), "eval", PLAIN];
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
