import type { ByteSource } from "./byte_source.ts";

/** What is told of a file by whoever cleans it. */
export class Notes {
  #orientation: number | undefined;
  /** Whether what is kept differs from what came. */
  altered = false;

  /** How a picture lies, from 1 (upright) to 8, as Exif has it. */
  get orientation(): number {
    return this.#orientation ?? 1;
  }

  /** Of several that a picture tells the first counts. */
  set orientation(told: number) {
    this.#orientation ??= told;
  }
}

/** Gives the bytes of a file that are kept, and notes what it finds. Throws `Damaged` and `Truncated`. */
export type Clean = (source: ByteSource, notes: Notes) => AsyncGenerator<Uint8Array>;
