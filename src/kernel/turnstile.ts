import { overloaded } from "./backoff.ts";
import type { Clock, Stop } from "./clock.ts";

export interface TurnstileOptions {
  readonly clock: Clock;
  /** How many are inside at once. */
  readonly places: number;
  /** How many wait at most. */
  readonly queue: number;
  /** How long one waits at most, in milliseconds. */
  readonly patienceMs: number;
}

interface Waiting {
  readonly admit: () => void;
  readonly giveUp: Stop;
}

/** A place inside. */
export class Pass {
  readonly #take: () => Promise<void>;
  readonly #give: () => void;
  #inside = true;

  constructor(take: () => Promise<void>, give: () => void) {
    this.#take = take;
    this.#give = give;
  }

  /** Leaves for good; doing so twice is harmless. */
  leave(): void {
    if (!this.#inside) return;
    this.#inside = false;
    this.#give();
  }

  /** Leaves, waits for `work` and comes in again. Throws `overloaded`, outside, when nobody lets it in. */
  async outside(work: () => Promise<void>): Promise<void> {
    this.leave();
    await work();
    await this.#take();
    this.#inside = true;
  }
}

/** Lets in some at a time and has the others wait, first come, first served: who cannot wait is told so at once. */
export class Turnstile {
  readonly #options: TurnstileOptions;
  // A set keeps its order, and who gives up leaves it from the middle.
  readonly #waiting = new Set<Waiting>();
  #inside = 0;

  constructor(options: TurnstileOptions) {
    this.#options = options;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves with a place. Throws `overloaded` when too many wait, or when this one has waited for too long. */
  async enter(): Promise<Pass> {
    await this.#take();
    return new Pass(() => this.#take(), () => this.#give());
  }

  /** Does `work` inside. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const pass = await this.enter();
    try {
      return await work();
    } finally {
      pass.leave();
    }
  }

  async #take(): Promise<void> {
    const { places, queue } = this.#options;
    if (this.#inside >= places) {
      if (this.#waiting.size >= queue) throw overloaded();
      return await this.#wait();
    }
    this.#inside++;
  }

  #wait(): Promise<void> {
    const { clock, patienceMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = clock.after(patienceMs, () => {
      this.#waiting.delete(waiting);
      reject(overloaded());
    });
    const waiting: Waiting = { admit: resolve, giveUp };
    this.#waiting.add(waiting);
    return promise;
  }

  /** The place of one who leaves is the next one's at once. */
  #give(): void {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.giveUp();
      return waiting.admit();
    }
    this.#inside--;
  }
}
