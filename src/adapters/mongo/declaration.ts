import type { AnyCollection } from "../../ports/store.ts";
import { encodeRecord, isScalar } from "./codec.ts";
import type { Stored } from "./codec.ts";

/** A declared collection, with what queries and writes are checked against. */
export class Declaration {
  readonly name: string;
  readonly expires: string | undefined;
  /** The fields that queries may name. */
  readonly fields: ReadonlySet<string>;
  readonly #keyFields: ReadonlySet<string>;

  constructor(declared: AnyCollection) {
    const { name, unique = [], indexes = [], expires } = declared;
    this.name = name;
    this.expires = expires;
    this.#keyFields = new Set(unique.flat());
    this.fields = new Set([
      "id",
      ...unique.flat(),
      ...indexes.flat(),
      ...expires === undefined ? [] : [expires],
    ]);
  }

  /** A whole record, ready to be stored. Throws `TypeError` for one that cannot be kept. */
  record(record: { readonly id: string }): Stored {
    this.check(record);
    for (const field of this.#keyFields) {
      const value: unknown = Reflect.get(record, field);
      if (value === undefined || value === null) throw new TypeError(`${field} is part of a key and absent`);
    }
    return encodeRecord(record);
  }

  /** Throws `TypeError` when a declared field among these holds no scalar, or a key's field would be `null`. */
  check(fields: object): void {
    for (const [field, value] of Object.entries(fields)) {
      if (!this.fields.has(field) || value === undefined) continue;
      if (!isScalar(value)) throw new TypeError(`${field} holds no scalar`);
      if (value === null && this.#keyFields.has(field)) throw new TypeError(`${field} is part of a key`);
    }
  }
}
