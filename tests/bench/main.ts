import type { Round } from "./bench.ts";
import { compare } from "./compare.ts";
import { COMPARISONS } from "./comparisons.ts";
import type { Length } from "./drive.ts";
import { drive } from "./drive.ts";
import { ENTRANTS } from "./entrants.ts";
import type { Figure } from "./figures.ts";
import { FIGURES } from "./figures.ts";
import { Services } from "./services.ts";
import { comparisonLines, figureLines, heading, LEGEND } from "./table.ts";

const FULL: Length = { rounds: 3, seconds: 4 };
const QUICK: Length = { rounds: 1, seconds: 1.5 };

const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Measures the figures and comparisons named, or all; `--quick` takes one short round of each. */
async function main(args: readonly string[]): Promise<number> {
  const length = args.includes("--quick") ? QUICK : FULL;
  const names = args.filter((arg) => arg !== "--quick");
  const all = [...Object.keys(FIGURES), ...Object.keys(COMPARISONS)];
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    print(`There is no figure ${unknown.join(", ")}. Figures: ${all.join(", ")}`);
    return 64;
  }
  await using services = new Services();
  const wanted = <T>(from: Readonly<Record<string, T>>) =>
    Object.entries(from).filter(([name]) => names.length === 0 || names.includes(name));
  const failures = await table("figure", wanted(FIGURES), async (name, figure) => {
    return figureLines(figure, await measureFigure(name, figure, services, length));
  }) + await table("beside others", wanted(COMPARISONS), async (name, comparison) => {
    return comparisonLines(comparison, await compare(name, comparison, services, length));
  });
  print(LEGEND);
  return failures === 0 ? 0 : 1;
}

/** Prints a table, line by line as it is measured; answers how much of it failed. */
async function table<T>(
  title: string,
  entries: readonly [string, T][],
  linesOf: (name: string, entry: T) => Promise<string>,
): Promise<number> {
  if (entries.length > 0) print(heading(title));
  let failures = 0;
  for (const [name, entry] of entries) {
    try {
      print(await linesOf(name, entry));
    } catch (error) {
      failures++;
      print(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (entries.length > 0) print("");
  return failures;
}

async function measureFigure(
  name: string,
  { entrant = "parley", fresh, once }: Figure,
  services: Services,
  given: Length,
): Promise<Round[]> {
  const length = once ? { ...given, rounds: 1 } : given;
  const server = ENTRANTS[entrant];
  if (!fresh) return await drive(name, server, services, length);
  const rounds: Round[] = [];
  while (rounds.length < length.rounds) {
    rounds.push(...await drive(name, server, services, { ...length, rounds: 1 }));
  }
  return rounds;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
