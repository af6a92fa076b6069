import type { Bench } from "./bench.ts";
import { FIGURES } from "./figures.ts";

/** The load driver's process: `driver.ts NAME BENCH` measures one figure and prints its rounds as JSON. */
if (import.meta.main) {
  const [name = "", bench = "{}"] = Deno.args;
  const rounds = await FIGURES[name]?.run(JSON.parse(bench) as Bench);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(rounds)));
  Deno.exit(0);
}
