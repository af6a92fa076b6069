import { locale } from "./language.ts";

const DAY_MS = 86_400_000;

/** A number as the reader's language writes it. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale.value).format(value);
}

/** The time of day, such as 14:05. Times are ISO 8601 or epoch milliseconds here and below. */
export function formatClock(time: string | number): string {
  return format(time, { hour: "2-digit", minute: "2-digit" });
}

/** The day in words: today, yesterday, a weekday of the last week, else the date. */
export function formatDay(time: string | number, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days === 0 || days === 1) {
    const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }).format(-days, "day");
    return relative.charAt(0).toLocaleUpperCase(locale.value) + relative.slice(1);
  }
  if (days > 1 && days < 7) return format(time, { weekday: "long" });
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(time, { day: "numeric", month: "long", ...(!sameYear && { year: "numeric" }) });
}

/** As short as a list wants it: the time today, a weekday of the last week, else the date in digits. */
export function formatSince(time: string | number, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days <= 0) return formatClock(time);
  if (days < 7) return format(time, { weekday: "short" });
  return format(time, { day: "2-digit", month: "2-digit", year: "2-digit" });
}

/** Date and time in full. */
export function formatStamp(time: string | number): string {
  return format(time, { dateStyle: "medium", timeStyle: "short" });
}

/** How long ago, in the largest unit that fits, such as "5 minutes ago". */
export function formatAgo(time: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

/** How long something takes from now, such as "in 5 minutes", rounded up. */
export function formatWait(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "always" });
  return seconds < 90
    ? relative.format(seconds, "second")
    : relative.format(Math.ceil(seconds / 60), "minute");
}

/** Whole days of the calendar from `time` to `now`, where the reader is. */
function daysBetween(time: string | number, now: number): number {
  const midnight = (at: string | number) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(time)) / DAY_MS);
}

/** Making one takes longer than showing a message. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(time: string | number, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale.value} ${JSON.stringify(options)}`;
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(locale.value, options);
  formatters.set(key, formatter);
  return formatter.format(new Date(time));
}
