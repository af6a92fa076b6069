/** A budget of points that refills as its window passes. */
export interface Budget {
  /** Keeps budgets of different kinds apart. */
  readonly name: string;
  /** Points a window; 0 is no limit. */
  readonly points: number;
  readonly windowMs: number;
}

/** What is left after a request took its point. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, and with it the wait when nothing is left. */
  readonly resetMs: number;
}

/** Counts requests. */
export interface Limiter {
  /** Takes one point of `key`'s budget. Throws when the limiter cannot answer: the caller decides what that means. */
  take(budget: Budget, key: string): Promise<Allowance>;
  close(): Promise<void>;
}
