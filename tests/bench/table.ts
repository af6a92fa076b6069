import type { Round } from "./bench.ts";
import type { Rounds } from "./compare.ts";
import type { Comparison } from "./comparisons.ts";
import { ENTRANTS } from "./entrants.ts";
import type { Figure, Row } from "./figures.ts";
import type { Load } from "./meter.ts";
import { median } from "./stats.ts";

/** What a value is a number of. */
interface Scale {
  readonly unit: Row["unit"];
  readonly aim?: number;
}

const WIDTHS = [76, 13, 21, 20, 12, 7, 8, 7, 8, 0] as const;
const TITLES = ["median", "min – max", "ratio", "aim", "server", "(core)", "driver", "(core)", "counts"];
const LOADS = ["server", "serverCore", "driver", "driverCore"] as const;
/** A driver that needs more than this of its core may be what is measured. */
const DRIVER_BUSY = 0.9;
/** What others may take of the server's core: the kernel's work for it is counted there, too. */
const OTHERS = 0.15;

/** A table's head. */
export function heading(title: string): string {
  return `${line([title, ...TITLES])}\n${line(WIDTHS.map((width) => "-".repeat(width || 6)))}`;
}

/** What the columns mean. */
export const LEGEND = [
  "server, driver: the share of one core that the processes used; (core): of its core, whoever used it. What speaks",
  "MongoDB's protocol and Redis is on the driver's core. A figure counts only while the server has its core for itself and,",
  "where it is driven as hard as it goes, is busier than the driver; what is left of its core it waited for the disk or for",
  "others. Deliveries are counted where they arrive, and all have to. ratio: how many times better Parley is, the median of",
  "the rounds' ratios and their range.",
].join("\n");

/** One line for each row of a figure. */
export function figureLines({ rows, saturates = false }: Figure, rounds: readonly Round[]): string {
  return rows.map((row) => {
    const { value, spread, loads } = cells(row, rounds, saturates);
    return line([row.title, value, spread, "", aim(row, median(valuesOf(row, rounds))), ...loads]);
  }).join("\n");
}

/** A line for the subject of a comparison and for each of its peers. */
export function comparisonLines({ row, subject, peers }: Comparison, measured: Rounds): string {
  const ours = measured.get(subject) ?? [];
  const lines = [{ name: subject }, ...peers].map(({ name, aim: wanted }: Comparison["peers"][number]) => {
    const rounds = measured.get(name) ?? [];
    const { value, spread, loads } = cells(row, rounds, row.unit === "/s");
    const ratios = ratiosOf(row, ours, rounds);
    const times: Scale = { unit: "×", ...(wanted !== undefined && { aim: wanted }) };
    const spreadOfRatios = ratios.length > 1 ? ` (${range(ratios, times)})` : "";
    const ratio = name === subject ? "" : format(median(ratios), times) + spreadOfRatios;
    const title = `  ${ENTRANTS[name].title}${slower(rounds)}`;
    return line([title, value, spread, ratio, aim(times, median(ratios)), ...loads]);
  });
  return [row.title, ...lines].join("\n");
}

function cells(
  row: Row,
  rounds: readonly Round[],
  saturates: boolean,
): Record<"value" | "spread", string> & { readonly loads: string[] } {
  const values = valuesOf(row, rounds);
  const load = (key: keyof Load) => median(rounds.map((round) => round.load[key]));
  return {
    value: format(median(values), row),
    spread: values.length > 1 ? range(values, row) : "",
    loads: [...LOADS.map(load).map(percent), countable(saturates, load)],
  };
}

function valuesOf({ key }: Row, rounds: readonly Round[]): number[] {
  return rounds.map(({ values }) => values[key] ?? NaN);
}

/** How many times better we were, round by round. */
function ratiosOf(row: Row, ours: readonly Round[], theirs: readonly Round[]): number[] {
  const others = valuesOf(row, theirs);
  return valuesOf(row, ours).map((value, round) => {
    const other = others[round] ?? NaN;
    return row.unit === "/s" ? value / other : other / value;
  });
}

/** The rate that was measured, where it was not the same for all. */
function slower(rounds: readonly Round[]): string {
  const rates = rounds.flatMap(({ values }) => values["rate"] ?? []);
  return rates.length > 0 ? `, at ${format(median(rates), { unit: "/s" })} a second` : "";
}

function countable(saturates: boolean, load: (key: keyof Load) => number): string {
  const [server, driver] = [load("server"), load("driver")];
  if (Number.isNaN(driver)) return saturates ? "unknown" : "yes";
  if (driver > DRIVER_BUSY) return "no: the driver is busy";
  if (load("serverCore") - server > OTHERS) return "no: others use the server's core";
  return !saturates || server > driver ? "yes" : "no: the server is not busy";
}

function aim(scale: Scale, value: number): string {
  if (scale.aim === undefined) return "";
  const met = scale.unit === "/s" || scale.unit === "×" ? value >= scale.aim : value <= scale.aim;
  return `${format(scale.aim, scale)} ${met ? "✓" : "✗"}`;
}

function range(values: readonly number[], scale: Scale): string {
  return `${format(Math.min(...values), scale)} – ${format(Math.max(...values), scale)}`;
}

function format(value: number, { unit }: Scale): string {
  const digits = unit === "/s" || value >= 100 ? 0 : unit === "×" && value >= 1 ? 1 : 2;
  const text = value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
  return unit === "/s" ? text : `${text} ${unit}`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${Math.round(share * 100)} %`;
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => {
    const width = WIDTHS[index] ?? 0;
    return index === 0 || width === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  return padded.join("  ").trimEnd();
}
