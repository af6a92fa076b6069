import type { Clock } from "./clock.ts";
import { iso } from "./clock.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = typeof LEVELS[number];

/** Facts that go with a line: ids and numbers, never a token, a password or the text of a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line per event, with the fields of its parents. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields, cause?: unknown): void;
  /** A logger that adds `fields` to each line. */
  with(fields: LogFields): Logger;
}

/** Where lines go and how they look. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly write: (line: string) => void;
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly pretty?: boolean;
}

/** Makes a logger; lines below `level` are dropped. */
export function createLogger(options: LogOptions, base: LogFields = {}): Logger {
  const lowest = LEVELS.indexOf(options.level);
  const line = (level: LogLevel, event: string, fields?: LogFields) => {
    if (LEVELS.indexOf(level) < lowest) return;
    const entry = { time: iso(options.clock.now()), level, event, ...base, ...fields };
    options.write(options.pretty ? prettyLine(entry) : JSON.stringify(entry));
  };
  return {
    debug: (event, fields) => line("debug", event, fields),
    info: (event, fields) => line("info", event, fields),
    warn: (event, fields) => line("warn", event, fields),
    error: (event, fields, cause) => line("error", event, { ...fields, ...describe(cause) }),
    with: (fields) => createLogger(options, { ...base, ...fields }),
  };
}

/** Drops every line. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLogger,
};

/** Causes of causes that are told; an error may be its own. */
const MAX_CAUSES = 4;

function describe(cause: unknown): LogFields {
  if (cause === undefined) return {};
  return cause instanceof Error
    ? { error: String(cause), cause: causesOf(cause), stack: cause.stack }
    : { error: String(cause) };
}

/** What led to an error, the nearest first; `undefined` where that is not known. */
function causesOf(error: Error): string | undefined {
  const causes: string[] = [];
  for (let at = error.cause; at !== undefined && causes.length < MAX_CAUSES;) {
    causes.push(String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return causes.length > 0 ? causes.join(" < ") : undefined;
}

function prettyLine({ time, level, event, ...fields }: Record<string, unknown>): string {
  const rest = Object.entries(fields).filter(([, value]) => value !== undefined);
  const text = rest.map(([key, value]) => `${key}=${key === "stack" ? `\n${value}` : value}`).join(" ");
  return `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${event} ${text}`.trimEnd();
}
