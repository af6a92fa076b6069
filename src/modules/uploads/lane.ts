import { setImmediate } from "node:timers";

/**
 * Has parts of files dealt with one in each turn of the loop, in the order in which they come: however many files come at
 * once, a message waits for one part and not for one of each.
 */
export class Lane {
  readonly #waiting: (() => void)[] = [];

  /** Resolves in a turn of the caller's own. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(this.#admit);
    });
  }

  readonly #admit = (): void => {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(this.#admit);
  };
}
