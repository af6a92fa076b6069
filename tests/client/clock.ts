import type { ClientClock } from "../../src/client/mod.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Clock } from "../../src/kernel/clock.ts";

/** A server's clock, as far ahead of the machine's as a test wants; timers run as they do. */
export class ClockAhead implements Clock {
  aheadMs = 0;
  now = (): number => Date.now() + this.aheadMs;
  after = systemClock.after;
  every = systemClock.every;
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
  readonly real: ReturnType<typeof setTimeout> | undefined;
}

/**
 * A clock that goes with the machine's, and can be sent ahead; timers run for real, or are found to be late. One that
 * stands goes on when it is sent alone: how busy the machine is changes nothing.
 */
export class TravellingClock implements ClientClock {
  readonly #standsAt: number | undefined;
  #ahead = 0;
  #count = 0;
  readonly #timers = new Map<number, Timer>();

  constructor({ stands = false } = {}) {
    this.#standsAt = stands ? Date.now() : undefined;
  }

  now = (): number => (this.#standsAt ?? Date.now()) + this.#ahead;

  after = (ms: number, task: () => void): () => void => {
    const id = this.#count++;
    const real = this.#standsAt === undefined
      ? setTimeout(() => this.#run(id), Math.min(Math.max(ms, 0), 2 ** 31 - 1))
      : undefined;
    this.#timers.set(id, { due: this.now() + ms, task, real });
    return () => this.#cancel(id);
  };

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** The machine sleeps for `ms`: nothing runs meanwhile, and what was due then runs when it wakes. */
  sleep(ms: number): void {
    this.#ahead += ms;
    this.#catchUp();
  }

  /** Time passes: each timer runs when it is due. */
  pass(ms: number): void {
    const end = this.now() + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#ahead += Math.max(0, next[1].due - this.now());
      this.#run(next[0]);
    }
    this.#ahead += Math.max(0, end - this.now());
  }

  #catchUp(): void {
    const now = this.now();
    for (const [id, { due }] of [...this.#timers]) if (due <= now) this.#run(id);
  }

  #next(end: number): [number, Timer] | undefined {
    return [...this.#timers].filter(([, { due }]) => due <= end).sort(([, a], [, b]) => a.due - b.due)[0];
  }

  #run(id: number): void {
    const timer = this.#timers.get(id);
    this.#cancel(id);
    timer?.task();
  }

  #cancel(id: number): void {
    clearTimeout(this.#timers.get(id)?.real);
    this.#timers.delete(id);
  }
}
