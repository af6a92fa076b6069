import { mongoUri } from "../support/store.ts";
import { redisUrl } from "../support/redis/server.ts";
import type { Fault, Outcome } from "./fault.ts";
import { ms } from "./fault.ts";
import { FAULTS } from "./faults.ts";

interface Row {
  readonly fault: Fault;
  readonly outcome?: Outcome;
  readonly broken?: unknown;
}

const print = (line = "") => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function suffer(fault: Fault, seed: number): Promise<Row> {
  print(`… ${fault.promise}`);
  try {
    return { fault, outcome: await fault.run(seed) };
  } catch (broken) {
    print(`  BROKEN: ${broken instanceof Error ? broken.message : String(broken)}`);
    return { fault, broken };
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
 * `deno task chaos [seed]`: goes through every fault that the services at hand allow, and prints one table. Ends with 1
 * when a promise was broken.
 */
async function main([seedText = "1"]: readonly string[]): Promise<number> {
  const seed = Number(seedText);
  const services = mongoUri !== undefined && redisUrl !== undefined;
  const due = FAULTS.filter((fault) => services || !fault.services);
  const rows: Row[] = [];
  for (const fault of due) rows.push(await suffer(fault, seed));
  print();
  const head = ["fault", "acknowledged", "lost", "doubled", "holes", "caught up in", "beside"];
  for (const line of table([head, ...rows.map(cells)])) print(line);
  const left = FAULTS.length - due.length;
  if (left > 0) print(`${left} further faults need TEST_MONGODB_URI, TEST_REDIS_URL and redis-server`);
  print(`seed ${seed}`);
  return rows.every(({ outcome }) => outcome) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
