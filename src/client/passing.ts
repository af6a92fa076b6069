import { Alarm } from "./clock.ts";
import type { ClientClock } from "./types.ts";

/** What is told in passing, and ends by itself where its end is not told: who types, and which files are on their way. */
export class Passing<T> {
  /** A snapshot. */
  all: readonly T[] = [];
  readonly #clock: ClientClock;
  readonly #endsMs: number;
  readonly #onChange: () => void;
  readonly #known = new Map<string, readonly [T, Alarm]>();

  constructor(clock: ClientClock, endsMs: number, onChange: () => void) {
    this.#clock = clock;
    this.#endsMs = endsMs;
    this.#onChange = onChange;
  }

  /** Takes in what is known under `key` now; `undefined` ends it. */
  set(key: string, value: T | undefined): void {
    const known = this.#known.get(key);
    if (!known && value === undefined) return;
    known?.[1].clear();
    this.#known.delete(key);
    if (value !== undefined) {
      const alarm = new Alarm(this.#clock);
      this.#known.set(key, [value, alarm]);
      alarm.set(this.#endsMs, () => this.set(key, undefined));
    }
    this.all = [...this.#known.values()].map(([one]) => one);
    this.#onChange();
  }

  clear(): void {
    for (const key of [...this.#known.keys()]) this.set(key, undefined);
  }
}
