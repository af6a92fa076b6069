/** What a server can be that takes bodies and does nothing else: what each part of the work costs shows beside the others. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { sniff } from "../../src/modules/uploads/types.ts";

type Body = ReadableStream<Uint8Array>;
type Work = (body: Body, path: string) => Promise<void>;

/** What is done with a body, by the path that it is sent to. */
const WORKS: Readonly<Record<string, Work>> = {
  async read(body) {
    for await (const _ of body);
  },
  async sniff(body) {
    let head: Uint8Array | undefined;
    for await (const part of body) {
      if (head === undefined) await sniff(part.subarray(0, 4100));
      head ??= part;
    }
  },
  async hash(body) {
    const hash = createHash("sha256");
    for await (const part of body) hash.update(part);
    hash.digest("hex");
  },
  write: (body, path) => writeTo(path, body),
  sync: (body, path) => writeTo(path, body, true),
};

async function writeTo(path: string, body: Body, syncs = false): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  await body.pipeTo(file.writable, { preventClose: true });
  if (syncs) await file.syncData();
}

/** Serves on a free port, which it prints. A `DELETE` removes what was kept so far. */
async function serve(): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "parley-bench-" });
  let files = 0;
  const clear = async () => {
    for await (const { name } of Deno.readDir(dir)) await Deno.remove(join(dir, name));
  };
  Deno.addSignalListener("SIGTERM", () => {
    Deno.removeSync(dir, { recursive: true });
    Deno.exit();
  });
  const onListen = ({ port }: Deno.NetAddr) => {
    Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`));
  };
  await Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, async ({ method, url, body }) => {
    if (method === "DELETE") await clear();
    else if (body) await WORKS[new URL(url).pathname.slice(1)]?.(body, join(dir, `${files++}`));
    return new Response("kept", { status: 201 });
  }).finished;
}

if (import.meta.main) await serve();
