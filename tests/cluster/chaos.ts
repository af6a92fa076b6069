import { findServices } from "../support/cluster_services.ts";
import type { Fault, Outcome } from "./fault.ts";
import { ms } from "./fault.ts";
import { FAULTS } from "./faults.ts";

interface Row {
  readonly fault: Fault;
  readonly outcome?: Outcome;
}

const print = (line = "") => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function suffer(fault: Fault, seed: number): Promise<Row> {
  print(`… ${fault.promise}`);
  try {
    return { fault, outcome: await fault.run(seed) };
  } catch (broken) {
    print(`  BROKEN: ${broken instanceof Error ? broken.message : String(broken)}`);
    return { fault };
  }
}

function cells({ fault, outcome }: Row): string[] {
  if (!outcome) return [fault.name, "BROKEN", "", "", "", "", ""];
  const { acknowledged, lost, doubled, holes, catchUpMs, notes } = outcome;
  return [fault.name, ...[acknowledged, lost, doubled, holes].map(String), ms(catchUpMs), notes];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd());
}

/**
 * `deno task chaos [seed]`: goes through every fault, those of a single node alone where no services can be had, and
 * prints one table. Ends with 1 when a promise was broken, 64 when the seed is no number.
 */
async function main([seedText = "1"]: readonly string[]): Promise<number> {
  const seed = Number(seedText);
  if (!Number.isSafeInteger(seed)) {
    print("usage: deno task chaos [seed], a whole number");
    return 64;
  }
  await using services = await findServices();
  const due = FAULTS.filter((fault) => !services.missing || !fault.services);
  const rows: Row[] = [];
  for (const fault of due) rows.push(await suffer(fault, seed));
  print();
  const head = ["fault", "acknowledged", "lost", "doubled", "holes", "caught up in", "beside"];
  for (const line of table([head, ...rows.map(cells)])) print(line);
  if (services.missing) {
    print(`${FAULTS.length - due.length} faults of a cluster left out: ${services.missing}`);
  }
  print(`seed ${seed}`);
  return rows.every(({ outcome }) => outcome) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
