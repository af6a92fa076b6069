/** What a connection may still do. */
export type Pace = { readonly verdict: "go" | "hang_up" } | {
  readonly verdict: "wait";
  readonly retryAfterMs: number;
};

/** Refusals within the window after which a connection is ended. */
export const MAX_REFUSALS = 20;
const PACE_WINDOW_MS = 10_000;

/** Counts what one connection asks in windows of 10 s, and how often it was refused. */
export class Pacer {
  readonly #limit: number;
  #since = 0;
  #count = 0;
  #refusals = 0;

  /** `limit` commands a window; 0 is no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a command at `now`. */
  take(now: number): Pace {
    this.#roll(now);
    this.#count++;
    if (this.#limit === 0 || this.#count <= this.#limit) return { verdict: "go" };
    return this.refuse(now);
  }

  /** Counts a refusal, whoever refused. */
  refuse(now: number): Pace {
    this.#roll(now);
    this.#refusals++;
    if (this.#refusals > MAX_REFUSALS) return { verdict: "hang_up" };
    return { verdict: "wait", retryAfterMs: this.#since + PACE_WINDOW_MS - now };
  }

  #roll(now: number): void {
    if (now - this.#since < PACE_WINDOW_MS) return;
    this.#since = now;
    this.#count = 0;
    this.#refusals = 0;
  }
}
