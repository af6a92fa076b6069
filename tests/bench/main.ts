import type { Bench, Round } from "./bench.ts";
import type { Figure } from "./figures.ts";
import { FIGURES } from "./figures.ts";
import { DRIVER_CORE } from "./meter.ts";
import { bindTo, startServer } from "./server.ts";
import { heading, LEGEND, lines } from "./table.ts";

const ROUNDS = 3;
const SECONDS = 4;
const QUICK = { rounds: 1, seconds: 1.5 };

const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Measures the figures named, or all; `--quick` takes one short round of each. */
async function main(args: readonly string[]): Promise<number> {
  const quick = args.includes("--quick");
  const names = args.filter((arg) => arg !== "--quick");
  const unknown = names.filter((name) => !Object.hasOwn(FIGURES, name));
  if (unknown.length > 0) {
    print(`There is no figure ${unknown.join(", ")}. Figures: ${Object.keys(FIGURES).join(", ")}`);
    return 64;
  }
  const length = quick ? QUICK : { rounds: ROUNDS, seconds: SECONDS };
  print(heading());
  let failures = 0;
  for (const [name, figure] of Object.entries(FIGURES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      print(lines(figure, await measureFigure(name, figure, length)));
    } catch (error) {
      failures++;
      print(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  print(`\n${LEGEND}`);
  return failures === 0 ? 0 : 1;
}

async function measureFigure(
  name: string,
  figure: Figure,
  length: Pick<Bench, "rounds" | "seconds">,
): Promise<Round[]> {
  if (!figure.fresh) return await drive(name, length);
  const rounds: Round[] = [];
  while (rounds.length < length.rounds) rounds.push(...await drive(name, { ...length, rounds: 1 }));
  return rounds;
}

/** Runs a driver against a server of its own. */
async function drive(name: string, length: Pick<Bench, "rounds" | "seconds">): Promise<Round[]> {
  await using server = await startServer();
  const bench: Bench = { url: server.url, pid: server.pid, ...length };
  const script = new URL("driver.ts", import.meta.url).pathname;
  const [command = "", ...words] = [
    ...bindTo(DRIVER_CORE),
    ...[Deno.execPath(), "run", "--frozen", "--no-check", "--allow-all", script, name, JSON.stringify(bench)],
  ];
  const driver = new Deno.Command(command, { args: words, stdin: "null", stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await driver.output();
  if (!success) throw new Error(`the driver failed\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Round[];
}

if (import.meta.main) Deno.exit(await main(Deno.args));
