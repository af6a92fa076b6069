/** Brings files in a process of its own, which gives way to the one that measures time on the same core. */
import { sleep } from "./bench.ts";
import { bringer } from "./uploads_files.ts";
import type { Place } from "./uploads_files.ts";

/** Clients that bring files back to back. */
export interface Bringing {
  readonly place: Place;
  readonly clients: number;
  /** Bytes of each file. */
  readonly bytes: number;
  /** Bytes a second of all together; as fast as it goes unless given. */
  readonly rate?: number;
}

/** Clients that are at it. */
export interface BringingCrowd {
  /** Bytes sent so far. */
  sent(): number;
  /** Has everybody finish the file in hand, as fast as it goes. */
  stop(): Promise<void>;
}

const TELL_MS = 100;

/** Has clients begin. */
export function startBringing(bringing: Bringing): BringingCrowd {
  const words = [Deno.execPath(), "run", "--frozen", "--no-check", "--allow-all", import.meta.url];
  const args = ["-n", "19", ...words, JSON.stringify(bringing)];
  const child = new Deno.Command("nice", { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  let sent = 0;
  const telling = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      sent = Number(text.trim().split("\n").at(-1));
    }
  })();
  return {
    sent: () => sent,
    async stop() {
      child.kill("SIGTERM");
      await telling;
      const { success } = await child.status;
      if (!success) throw new Error("files were not taken");
    },
  };
}

/** Brings files until it is told to stop, and prints now and then how many bytes are sent. */
async function work({ place, clients, bytes, rate = Infinity }: Bringing): Promise<void> {
  const began = performance.now();
  let [sent, running] = [0, true];
  const wait = async (part: number) => {
    while (running && sent > (performance.now() - began) * rate / 1000) await sleep(1);
    sent += part;
  };
  const tell = () => Deno.stdout.writeSync(new TextEncoder().encode(`${sent}\n`));
  const telling = setInterval(tell, TELL_MS);
  Deno.addSignalListener("SIGTERM", () => running = false);
  await Promise.all(Array.from({ length: clients }, async () => {
    const client = await bringer(place);
    while (running) await client.bring(bytes, wait);
    client.close();
  }));
  clearInterval(telling);
  Deno.exit(0);
}

if (import.meta.main) await work(JSON.parse(Deno.args[0] ?? "{}") as Bringing);
