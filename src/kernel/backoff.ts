import { ParleyError } from "./errors.ts";

const FIRST_MS = 50;
const LONGEST_MS = 3_000;

/**
 * Milliseconds to wait before trying again for the `attempt`th time (from 1): doubling from 50 ms up to 3 s, of which
 * one half is random, so that those who lost the same thing do not come back at the same moment.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full / 2 + random() * full / 2);
}

const RETURN_FROM_MS = 2_000;
const RETURN_TO_MS = 10_000;

/** What a node says that has too much to do; when to come back is spread, so that those refused do not come at once. */
export function overloaded(random: () => number = Math.random): ParleyError {
  const retryAfterMs = Math.round(RETURN_FROM_MS + random() * (RETURN_TO_MS - RETURN_FROM_MS));
  return new ParleyError("overloaded", undefined, { retryAfterMs });
}
