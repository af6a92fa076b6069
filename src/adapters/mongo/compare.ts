import type { AnyQuery } from "./query.ts";

/** Whether a record matches a `Where` that `filterOf` has accepted, by the rules that MongoDB goes by. */
export function matches(record: object, where: object = {}): boolean {
  return Object.entries(where).every(([field, condition]) => holds(valueOf(record, field), condition));
}

/** Sorts records as MongoDB would. */
export function sorted<T extends object>(records: readonly T[], order: AnyQuery["order"] = []): T[] {
  return records.toSorted((one, other) => {
    for (const [field, way] of order) {
      const difference = compare(valueOf(one, field), valueOf(other, field));
      if (difference !== 0) return way === "asc" ? difference : -difference;
    }
    return 0;
  });
}

function valueOf(record: object, field: string): unknown {
  const value: unknown = Reflect.get(record, field);
  return value === undefined ? null : value;
}

function holds(value: unknown, condition: unknown): boolean {
  if (typeof condition !== "object" || condition === null) return value === condition;
  return Object.entries(condition).every(([operator, end]: [string, unknown]) => {
    if (operator === "in") return Array.isArray(end) && end.includes(value);
    return typeof value === typeof end && inRange(compare(value, end), operator);
  });
}

function inRange(difference: number, operator: string): boolean {
  if (difference === 0) return operator === "gte" || operator === "lte";
  return difference > 0 ? operator.startsWith("gt") : operator.startsWith("lt");
}

const RANKS = ["object", "number", "string", "boolean"]; // `null` is first, and an object to `typeof`

function compare(one: unknown, other: unknown): number {
  if (typeof one === "string" && typeof other === "string") return compareTexts(one, other);
  if (typeof one !== typeof other) return RANKS.indexOf(typeof one) - RANKS.indexOf(typeof other);
  return Number(one) - Number(other);
}

/** By code point, which is the order of their bytes in UTF-8; JavaScript's own order is that of UTF-16. */
function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointRank(one.charCodeAt(i)) - codePointRank(other.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Surrogates belong to code points above all others. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
