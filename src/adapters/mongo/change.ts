import { encodeFields, storedField, text } from "./codec.ts";
import type { Fields } from "./codec.ts";
import type { Declaration } from "./declaration.ts";
import { refuseUndefined } from "./pending.ts";

/** A `Change`, without the names of a record's fields. */
export interface AnyChange {
  readonly set?: object;
  readonly add?: object;
  readonly raise?: object;
}

/** The update for a change; `undefined` when it changes nothing. Throws `TypeError` for a change no store can make. */
export function updateOf(declared: Declaration, id: string, change: AnyChange): Fields | undefined {
  const { set = {}, add = {}, raise = {} } = change;
  const fields = [set, add, raise].flatMap((part) => Object.keys(part));
  const doubled = fields.find((field, i) => fields.indexOf(field) !== i);
  if (doubled !== undefined) throw new TypeError(`${doubled} is changed twice`);
  refuseUndefined(set);
  declared.check(set);
  const parts = { $set: withoutId(id, encodeFields(set)), $inc: amounts(add), $max: floors(raise) };
  const given = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** Fields to be set, of which the id may be one if it stays. Throws `TypeError`. */
export function withoutId(id: string, { _id = id, ...fields }: Fields): Fields {
  if (_id !== id) throw new TypeError("the id of a record never changes");
  return fields;
}

function amounts(add: object): Fields {
  return map(add, (field, value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new TypeError(`${field} is added no number`);
    }
    return value;
  });
}

function floors(raise: object): Fields {
  return map(raise, (field, value) => {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "string") return text(value);
    throw new TypeError(`${field} is raised to neither a number nor a text`);
  });
}

function map(part: object, use: (field: string, value: unknown) => unknown): Fields {
  return Object.fromEntries(
    Object.entries(part).map(([field, value]) => {
      if (field === "id") throw new TypeError("the id of a record never changes");
      return [storedField(field), use(field, value)];
    }),
  );
}
