import type { Clock } from "../kernel/clock.ts";
import type { Allowance, Budget, Limiter } from "../ports/limiter.ts";
import { UNLIMITED } from "../ports/limiter.ts";

interface Window {
  taken: number;
  readonly endsAt: number;
}

/** Keys that are counted at most; beyond, the oldest windows are forgotten. */
const MAX_KEYS = 200_000;

/** A limiter for one node: fixed windows, each beginning with the first request of its key. */
export class MemoryLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  readonly #maxKeys: number;

  constructor(clock: Clock, maxKeys = MAX_KEYS) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  take(budget: Budget, key: string): Promise<Allowance> {
    if (budget.points === 0) return Promise.resolve(UNLIMITED);
    const now = this.#clock.now();
    const window = this.#window(`${budget.name}:${key}`, now, budget.windowMs);
    window.taken++;
    return Promise.resolve({
      allowed: window.taken <= budget.points,
      limit: budget.points,
      remaining: Math.max(0, budget.points - window.taken),
      resetMs: window.endsAt - now,
    });
  }

  close(): Promise<void> {
    this.#windows.clear();
    return Promise.resolve();
  }

  #window(name: string, now: number, windowMs: number): Window {
    const open = this.#windows.get(name);
    if (open && open.endsAt > now) return open;
    this.#windows.delete(name);
    if (this.#windows.size >= this.#maxKeys) this.#forget(now);
    const window: Window = { taken: 0, endsAt: now + windowMs };
    this.#windows.set(name, window);
    return window;
  }

  /** Drops the windows that have ended, or a tenth of all when none has. */
  #forget(now: number): void {
    for (const [name, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(name);
    let surplus = this.#windows.size - Math.floor(this.#maxKeys * 0.9);
    for (const name of this.#windows.keys()) {
      if (surplus-- <= 0) return;
      this.#windows.delete(name);
    }
  }
}
