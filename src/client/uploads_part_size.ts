import type { ClientClock } from "./types.ts";

const FIRST_BYTES = 256 * 1024;
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
/** How long a part is to take: a cut line loses no more than that, and progress is told as often. */
const PART_MS = 700;

/** How large the next part of a file is to be, by how quickly the line took the ones before. */
export class PartSize {
  readonly #clock: ClientClock;
  #bytes = FIRST_BYTES;
  #began = 0;

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  /** Begins a part at `offset` of a file of `size` bytes; answers where it ends. */
  begin(offset: number, size: number): number {
    this.#began = this.#clock.now();
    return Math.min(offset + this.#bytes, size);
  }

  /** The part has arrived: the next one is at most twice as large. */
  succeeded(): void {
    const took = Math.max(this.#clock.now() - this.#began, 1);
    this.#set(Math.min(this.#bytes * 2, this.#bytes * PART_MS / took));
  }

  /** The part was lost: the next one is half as large. */
  failed(): void {
    this.#set(this.#bytes / 2);
  }

  #set(bytes: number): void {
    this.#bytes = Math.round(Math.max(LEAST_BYTES, Math.min(bytes, MOST_BYTES)));
  }
}
