import { Buffer } from "node:buffer";
import type { Doc, Scalar } from "../../ports/store.ts";
import type { Bound } from "./database.ts";

/** Lone surrogates as `JSON.stringify` writes them: an escape that is not itself escaped. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** The JSON text of a value. Throws `TypeError` for a lone surrogate in a text or a key. */
export function encode(value: object): string {
  const json = JSON.stringify(value);
  if (json.includes("\\ud") && LONE_SURROGATE.test(json)) throw new TypeError("a text has a lone surrogate");
  return json;
}

/** The record that a stored text holds. */
export function decode<T>(doc: unknown): T {
  return JSON.parse(String(doc));
}

/** A text that SQLite can be given as it is. Throws `TypeError` otherwise. */
export function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text was expected");
  if (!value.isWellFormed()) throw new TypeError("a text has a lone surrogate");
  return value;
}

/** Whether a value can be compared, indexed and ordered by. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** What stands in a column for a field's value; an absent field counts as `null`. */
export function bound(value: unknown, field: string): Bound {
  if (value === undefined) return null;
  if (!isScalar(value)) throw new TypeError(`${field} holds no scalar`);
  return typeof value === "boolean" ? Number(value) : value;
}

/** The id of a record that is to be stored. */
export function recordId(record: Doc): string {
  if (typeof record.id !== "string" || record.id === "") throw new TypeError("a record needs an id");
  return record.id;
}

/** A `Change`, without the names of a record's fields. */
export interface AnyChange {
  readonly set?: object;
  readonly add?: object;
  readonly raise?: object;
}

/** The record after a change. Throws `TypeError` for a change that no store can make. */
export function changed<T extends Doc>(record: T, change: AnyChange): T {
  const fields = new Map<string, unknown>();
  const put = (field: string, value: unknown) => {
    if (fields.has(field)) throw new TypeError(`${field} is changed twice`);
    fields.set(field, value);
  };
  const before = new Map<string, unknown>(Object.entries(record));
  for (const [field, value] of Object.entries(change.set ?? {})) put(field, value);
  for (const [field, value] of Object.entries(change.add ?? {})) {
    put(field, sum(before.get(field), value, field));
  }
  for (const [field, value] of Object.entries(change.raise ?? {})) {
    put(field, raised(before.get(field), value));
  }
  return merged(record, Object.fromEntries(fields));
}

/** The record with whole fields replaced. `id` stays, and `undefined` is no value. */
export function merged<T extends Doc>(record: T, fields: object): T {
  for (const field of Object.keys(fields)) {
    if (Reflect.get(fields, field) === undefined) throw new TypeError(`${field} is undefined`);
  }
  const result: T = { ...record, ...fields };
  if (result.id !== record.id) throw new TypeError("the id of a record never changes");
  return result;
}

function sum(before: unknown, value: unknown, field: string): number {
  const base = before === undefined ? 0 : before;
  if (typeof base !== "number" || typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError(`${field} is added to, but no number`);
  }
  return base + value;
}

function raised(before: unknown, value: unknown): unknown {
  if (before === undefined || before === null) return value;
  if (typeof before === "number" && typeof value === "number") return Math.max(before, value);
  if (typeof before === "string" && typeof value === "string") {
    // By code point, as SQLite orders texts; `<` would go by code unit.
    return Buffer.compare(Buffer.from(before), Buffer.from(value)) < 0 ? value : before;
  }
  throw new TypeError("a field is raised to a value of another kind");
}
