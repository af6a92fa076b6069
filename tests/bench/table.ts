import type { Round } from "./bench.ts";
import type { Figure, Row } from "./figures.ts";
import type { Load } from "./meter.ts";
import { median } from "./stats.ts";

const WIDTHS = [60, 11, 21, 12, 7, 8, 7, 8, 0] as const;
/** A driver that needs more than this of its core may be what is measured. */
const DRIVER_BUSY = 0.9;

/** The table's head. */
export function heading(): string {
  const titles = ["figure", "median", "min – max", "aim", "server", "(core)", "driver", "(core)", "counts"];
  return `${line(titles)}\n${line(WIDTHS.map((width) => "-".repeat(width || 6)))}`;
}

/** What the columns mean. */
export const LEGEND = [
  "server, driver: the share of one core that each process used; (core): of its core, whoever used it.",
  "A figure counts only while the server's core is the busy one, not the driver's; what remains of it the server",
  "waited for the disk or for others. Deliveries are counted where they arrive, and all have to.",
].join("\n");

/** One line for each row of a figure. */
export function lines(figure: Figure, rounds: readonly Round[]): string {
  const load = (key: keyof Load) => median(rounds.map((round) => round.load[key]));
  const loads = (["server", "serverCore", "driver", "driverCore"] as const).map(load);
  const counts = countable(figure, load("server"), load("driver"));
  return figure.rows.map((row) => {
    const values = rounds.map(({ values }) => values[row.key] ?? NaN);
    const middle = median(values);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const spread = values.length > 1 ? `${format(low, row)} – ${format(high, row)}` : "";
    return line([row.title, format(middle, row), spread, aim(row, middle), ...loads.map(percent), counts]);
  }).join("\n");
}

function countable({ saturates }: Figure, server: number, driver: number): string {
  if (Number.isNaN(driver)) return saturates ? "unknown" : "yes";
  if (driver > DRIVER_BUSY) return "no: the driver is busy";
  return !saturates || server > driver ? "yes" : "no: the server is not";
}

function aim(row: Row, value: number): string {
  if (row.aim === undefined) return "";
  const met = row.unit === "/s" ? value >= row.aim : value <= row.aim;
  return `${format(row.aim, row)} ${met ? "✓" : "✗"}`;
}

function format(value: number, { unit }: Row): string {
  const digits = value < 100 && unit !== "/s" ? 2 : 0;
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
