import { Alarm } from "./clock.ts";
import type { ArrivingFile, ClientClock } from "./types.ts";

/** A file of which nothing is heard for so long does not come, or its sender has told as much. */
const ENDS_MS = 15_000;
const DONE = 100;

/** The files that others are bringing to a conversation. */
export class Arriving {
  /** A snapshot. */
  files: readonly ArrivingFile[] = [];
  readonly #clock: ClientClock;
  readonly #onChange: () => void;
  readonly #ends = new Map<string, Alarm>();

  constructor(clock: ClientClock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Takes in how far a file has come; the message that it becomes shows one that is there. */
  take({ userId, uploadId, progress }: ArrivingFile): void {
    const others = this.files.filter((file) => file.userId !== userId || file.uploadId !== uploadId);
    const key = `${userId} ${uploadId}`;
    const alarm = this.#ends.get(key) ?? new Alarm(this.#clock);
    alarm.clear();
    this.#ends.delete(key);
    if (progress < DONE) {
      this.#ends.set(key, alarm);
      alarm.set(ENDS_MS, () => this.take({ userId, uploadId, progress: DONE }));
      others.push({ userId, uploadId, progress });
    } else if (others.length === this.files.length) return;
    this.files = others;
    this.#onChange();
  }

  clear(): void {
    for (const file of this.files) this.take({ ...file, progress: DONE });
  }
}
