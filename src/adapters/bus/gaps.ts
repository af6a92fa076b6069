import type { Clock, Stop } from "../../kernel/clock.ts";

/** Whoever is told of a gap reads much: gaps within this time are told as one. */
const TOGETHER_MS = 500;

/** Tells of gaps: of the first one at once, of those that follow closely by one further call. */
export class Gaps {
  readonly #clock: Clock;
  readonly #listeners = new Set<{ readonly listener: () => void }>();
  #quiet: Stop | undefined;
  #again = false;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  listen(listener: () => void): () => void {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  tell(): void {
    if (this.#quiet) {
      this.#again = true;
      return;
    }
    this.#count++;
    this.#quiet = this.#clock.after(TOGETHER_MS, () => this.#next());
    for (const { listener } of this.#listeners) listener();
  }

  close(): void {
    this.#listeners.clear();
    this.#quiet?.();
  }

  #next(): void {
    const again = this.#again;
    this.#quiet = undefined;
    this.#again = false;
    if (again) this.tell();
  }
}
