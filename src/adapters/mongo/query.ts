import type { Scalar } from "../../ports/store.ts";
import type { Declaration } from "./declaration.ts";
import { scalar, storedField } from "./codec.ts";
import type { Fields } from "./codec.ts";

/** A `Query`, without the names of a record's fields. */
export interface AnyQuery {
  readonly where?: object;
  readonly order?: readonly (readonly [string, "asc" | "desc"])[];
  readonly limit?: number;
}

const RANGES: ReadonlySet<string> = new Set(["gt", "gte", "lt", "lte"]);

/**
 * The filter for a `Where`. Every value is a scalar, alone or behind an operator of ours, so nothing that a user sends
 * can be one. Throws `TypeError` for an undeclared field and for a condition that is none.
 */
export function filterOf(declared: Declaration, where: object = {}): Fields {
  const conditions = Object.entries(where).map(([field, condition]) => {
    return [declaredField(declared, field), matching(field, condition)] as const;
  });
  return Object.fromEntries(conditions);
}

/** A filter for what matches both. */
export function both(one: Fields, other: Fields): Fields {
  const shared = Object.keys(one).some((field) => Object.hasOwn(other, field));
  return shared ? { $and: [one, other] } : { ...one, ...other };
}

/** The sort for an order. Throws `TypeError`. */
export function sortOf(declared: Declaration, order: AnyQuery["order"] = []): [string, 1 | -1][] {
  return order.map(([field, way]) => {
    if (way !== "asc" && way !== "desc") throw new TypeError(`${way} is no order`);
    return [declaredField(declared, field), way === "asc" ? 1 : -1];
  });
}

/** A count of records. Throws `TypeError`. */
export function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("a limit is a whole number");
  return value;
}

function declaredField(declared: Declaration, field: string): string {
  if (!declared.fields.has(field)) throw new TypeError(`${field} of ${declared.name} is not declared`);
  return storedField(field);
}

function matching(field: string, condition: unknown): Fields | Scalar {
  if (typeof condition !== "object" || condition === null) return scalar(condition);
  const entries: [string, unknown][] = Object.entries(condition);
  const [first] = entries;
  if (!first) throw new TypeError(`${field} has no condition`);
  if (first[0] === "in" && entries.length === 1) return oneOf(field, first[1]);
  return Object.fromEntries(entries.map(([operator, end]) => [rangeOperator(operator), rangeEnd(end)]));
}

/** A list of one is asked for as it is: that can be looked up in any index. */
function oneOf(field: string, list: unknown): Fields | Scalar {
  if (!Array.isArray(list)) throw new TypeError(`${field} has no list of scalars`);
  return list.length === 1 ? scalar(list[0]) : { $in: list.map(scalar) };
}

function rangeOperator(operator: string): string {
  if (!RANGES.has(operator)) throw new TypeError(`${operator} is no operator`);
  return `$${operator}`;
}

function rangeEnd(end: unknown): unknown {
  if (typeof end !== "number" && typeof end !== "string") {
    throw new TypeError("a range ends at a number or a text");
  }
  return scalar(end);
}
