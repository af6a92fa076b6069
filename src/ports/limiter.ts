/** A budget of points that refills as its window passes. */
export interface Budget {
  /** Keeps budgets of different kinds apart. */
  readonly name: string;
  /** Points a window, a whole number; 0 is no limit. */
  readonly points: number;
  /** Milliseconds; limiters may count a window below a second as one of a second. */
  readonly windowMs: number;
}

/** What is left after a request took its point. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends, and with it the wait when nothing is left. */
  readonly resetMs: number;
}

/** Counts requests, those of all nodes together where the adapter is shared. */
export interface Limiter {
  /**
   * Takes one point of `key`'s budget. Atomic: of requests at once, on any nodes, exactly `points` are allowed in one
   * window. Windows are fixed; they begin with a key's first request, or at whole multiples of their length. A budget
   * of no limit is answered with `limit` 0 and counts nothing.
   *
   * Throws, within 3 s, when the limiter cannot answer: the caller decides what that means.
   */
  take(budget: Budget, key: string): Promise<Allowance>;
  close(): Promise<void>;
}

/** The answer for a budget of no limit. */
export const UNLIMITED: Allowance = { allowed: true, limit: 0, remaining: 0, resetMs: 0 };
