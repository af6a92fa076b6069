import { closeSync, fstatSync, openSync, writeSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/**
 * The write-ahead log's file, given its full length once it proves to be needed. While a file grows, each sync has to
 * write down its new length and place as well; writing in place takes half the time.
 */
export class LogFile {
  readonly #path: string;
  readonly #bytes: number;
  #settled = false;

  /** `bytes` is the length from which on the log starts again at its beginning. */
  constructor(databasePath: string, bytes: number) {
    this.#path = `${databasePath}-wal`;
    this.#bytes = bytes;
  }

  /**
   * Lengthens a log that has grown by itself past a chunk. To be called inside a transaction that writes: then nobody
   * else appends, and SQLite takes what it does not find its checksum in for the log's end.
   */
  lengthen(): void {
    if (this.#settled) return;
    try {
      const file = openSync(this.#path, "r+");
      try {
        let end = fstatSync(file).size;
        if (end < CHUNK_BYTES) return;
        this.#settled = true;
        const zeros = new Uint8Array(CHUNK_BYTES);
        while (end < this.#bytes) end += writeSync(file, zeros, 0, CHUNK_BYTES, end);
      } finally {
        closeSync(file);
      }
    } catch {
      this.#settled = true; // it goes on growing by itself
    }
  }
}
