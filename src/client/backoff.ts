const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Milliseconds to wait before the `attempt`th time (from 1): anything from 0 up to a bound that doubles from 1 s to
 * 30 s ("full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that those who
 * lost the same server come back one by one.
 */
export function backoff(attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16)));
}
