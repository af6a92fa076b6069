import type { Bench, Round } from "./bench.ts";
import type { Entrant } from "./entrants.ts";
import { DRIVER_CORE } from "./meter.ts";
import { bindTo } from "./server.ts";
import type { Services } from "./services.ts";

/** How long is measured, and how often. */
export type Length = Pick<Bench, "rounds" | "seconds">;

const DRIVER = new URL("driver.ts", import.meta.url).pathname;
/** What no measurement takes: the server that is measured does not answer. */
const DEADLINE_MS = 240_000;

/** Runs a load, by its name, against a new server, in a process of its own. */
export async function drive(
  load: string,
  entrant: Entrant,
  services: Services,
  length: Length,
): Promise<Round[]> {
  await using own = new AsyncDisposableStack();
  const bench: Bench = { ...await entrant.start(services, own), ...length };
  const [command = "", ...args] = [
    ...bindTo(DRIVER_CORE),
    ...[Deno.execPath(), "run", "--frozen", "--no-check", "--allow-all", DRIVER, load, JSON.stringify(bench)],
  ];
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  const { success, stdout, stderr } = await new Deno.Command(command, { args, signal, ...pipes }).output();
  if (!success) throw new Error(`the driver failed\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Round[];
}
