import type { Bench, Round } from "./bench.ts";
import { COMPARISONS } from "./comparisons.ts";
import { FIGURES } from "./figures.ts";

/** What measures by each name. */
const LOADS: Readonly<Record<string, { readonly run: (bench: Bench) => Promise<Round[]> }>> = {
  ...FIGURES,
  ...COMPARISONS,
};

/** The load driver's process: `driver.ts NAME BENCH` measures and prints its rounds as JSON. */
if (import.meta.main) {
  const [name = "", bench = "{}"] = Deno.args;
  const rounds = await LOADS[name]?.run(JSON.parse(bench) as Bench);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(rounds)));
  Deno.exit(0);
}
