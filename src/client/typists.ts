import { Alarm } from "./clock.ts";
import type { ClientClock } from "./types.ts";

/** Who is never said to have stopped has stopped after this. */
const ENDS_MS = 30_000;

/** Who is typing in a conversation. */
export class Typists {
  /** A snapshot. */
  ids: readonly string[] = [];
  readonly #clock: ClientClock;
  readonly #onChange: () => void;
  readonly #ends = new Map<string, Alarm>();

  constructor(clock: ClientClock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  set(userId: string, isTyping: boolean): void {
    const known = this.#ends.get(userId);
    if (!known && !isTyping) return;
    known?.clear();
    const alarm = new Alarm(this.#clock);
    if (isTyping) this.#ends.set(userId, alarm);
    else this.#ends.delete(userId);
    if (isTyping) alarm.set(ENDS_MS, () => this.set(userId, false));
    this.ids = [...this.#ends.keys()];
    this.#onChange();
  }

  clear(): void {
    for (const userId of this.ids) this.set(userId, false);
  }
}
