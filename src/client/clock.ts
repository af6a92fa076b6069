import type { ClientClock } from "./types.ts";

/** The longest that timers of browsers and Node can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};

/** One task that waits at most once: setting it again replaces it. */
export class Alarm {
  readonly #clock: ClientClock;
  #cancel: (() => void) | undefined;

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  get isSet(): boolean {
    return this.#cancel !== undefined;
  }

  set(ms: number, task: () => void): void {
    this.clear();
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      task();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
