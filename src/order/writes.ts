import type { Under, Write } from "../ports/store.ts";

/** A patch, and all the fields that it sets. */
interface Patch {
  readonly write: Write;
  readonly set: { readonly rev: number };
}

/** The writes of a commit while it is planned: one a record, with final values, and how large they are at most. */
export class Writes {
  readonly #inserts = new Map<string, { readonly into: Write["into"]; readonly insert: Under }>();
  readonly #patches = new Map<string, Patch>();
  #bytes = 0;

  /** Those of new records first. */
  get list(): Write[] {
    return [...this.#inserts.values(), ...[...this.#patches.values()].map(({ write }) => write)];
  }

  get count(): number {
    return this.#inserts.size + this.#patches.size;
  }

  /** Upper bound of what the writes take up, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a record is written to. */
  has(id: string): boolean {
    return this.#inserts.has(id) || this.#patches.has(id);
  }

  /** Inserts a record, of `bytes` at most. */
  insert(into: Write["into"], insert: Under, bytes: number): void {
    this.#inserts.set(insert.id, { into, insert });
    this.#bytes += bytes;
  }

  /** Sets fields of a record, which make its write larger by `bytes` at most; an earlier write to it takes them in. */
  patch(into: Write["into"], id: string, set: { readonly rev: number }, bytes: number): void {
    this.#bytes += bytes;
    const inserted = this.#inserts.get(id);
    if (inserted) {
      this.#inserts.set(id, { into, insert: { ...inserted.insert, ...set } });
      return;
    }
    const patch = { ...this.#patches.get(id)?.set, ...set };
    this.#patches.set(id, { set: patch, write: { into, id, patch } });
  }
}
