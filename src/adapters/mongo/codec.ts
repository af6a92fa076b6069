import type { Scalar } from "../../ports/store.ts";

/** A record as MongoDB keeps it. */
export interface Stored {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** Fields of a record as MongoDB keeps them. */
export type Fields = Record<string, unknown>;

/** MongoDB takes 100 levels; a write that rides in a head lies four deeper. */
const MAX_DEPTH = 90;

/**
 * What a key may not hold as it is: `$` and `.` are syntax to MongoDB, NUL ends a key in BSON, a leading `_` covers
 * `_id`, `__proto__` and the driver's own `_bsontype`. `%` is what the others are written with.
 */
const UNSAFE = /^_|[%$.\0]/g;

/** The key under which a field is stored; `readKey` is its inverse. Throws `TypeError` for a lone surrogate. */
export function storedKey(key: string): string {
  if (key === "") return "%";
  return text(key).replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function readKey(stored: string): string {
  if (stored === "%") return "";
  return stored.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** The name of a record's own field: `id` is MongoDB's `_id`. */
export function storedField(field: string): string {
  return field === "id" ? "_id" : storedKey(field);
}

/** A record's fields made ready to be stored. Throws `TypeError` for what no store can keep. */
export function encodeFields(record: object): Fields {
  return encodeObject(record, 1, storedField);
}

/** A record made ready to be stored. Throws `TypeError`. */
export function encodeRecord(record: { readonly id: string }): Stored {
  if (record.id === "") throw new TypeError("a record needs an id");
  return { ...encodeFields(record), _id: text(record.id) };
}

/** The record that was stored, without what is the adapter's own. */
export function decodeRecord<T>(stored: Fields): T {
  const { _id, _pending, ...fields } = stored;
  const entries = Object.entries(fields).map(([key, value]) => [readKey(key), decode(value)] as const);
  const record: unknown = Object.fromEntries([["id", _id], ...entries]);
  return record as T;
}

/** A text as BSON can keep it: the driver would replace a lone surrogate in silence. Throws `TypeError`. */
export function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text was expected");
  if (!value.isWellFormed()) throw new TypeError("a text has a lone surrogate");
  return value;
}

/** Whether a value can be compared, indexed and ordered by. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** A scalar as it stands in a query. Throws `TypeError`. */
export function scalar(value: unknown): Scalar {
  if (!isScalar(value)) throw new TypeError("a scalar was expected");
  return typeof value === "string" ? text(value) : value;
}

function encode(value: unknown, depth: number): unknown {
  if (isScalar(value)) return scalar(value);
  if (depth > MAX_DEPTH) throw new TypeError("a value is nested too deep");
  if (Array.isArray(value)) return value.map((item) => encode(item, depth + 1));
  if (typeof value === "object" && value !== null && isPlain(value)) {
    return encodeObject(value, depth + 1, storedKey);
  }
  throw new TypeError(`a value of type ${typeof value} is not JSON`);
}

function encodeObject(value: object, depth: number, name: (key: string) => string): Fields {
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(given.map(([key, field]) => [name(key), encode(field, depth)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [readKey(key), decode(field)]));
}
