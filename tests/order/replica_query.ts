/** A document as the replica set keeps it. */
export interface Document {
  readonly _id: string;
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a document matches a filter, of the operators that the adapter uses. */
export function matches(document: Document, filter: Fields): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    if (field === "$and") return list(condition).every((part) => matches(document, fields(part)));
    return holds(document[field] ?? null, condition);
  });
}

function holds(value: unknown, condition: unknown): boolean {
  if (typeof condition !== "object" || condition === null) return value === condition;
  return Object.entries(condition).every(([operator, operand]) => compares(value, operator, operand));
}

function compares(value: unknown, operator: string, operand: unknown): boolean {
  switch (operator) {
    case "$eq":
      return value === operand;
    case "$in":
      return list(operand).includes(value);
    case "$nin":
      return !list(operand).includes(value);
    case "$gt":
      return typeof value === typeof operand && order(value, operand) > 0;
    case "$gte":
      return typeof value === typeof operand && order(value, operand) >= 0;
    case "$lt":
      return typeof value === typeof operand && order(value, operand) < 0;
    case "$lte":
      return typeof value === typeof operand && order(value, operand) <= 0;
    default:
      throw new Error(`the replica set does not know ${operator}`);
  }
}

/** The documents in the order that a sort asks for. */
export function sorted(documents: readonly Document[], sort: ReadonlyMap<string, 1 | -1>): Document[] {
  return documents.toSorted((one, other) => {
    for (const [field, way] of sort) {
      const difference = order(one[field], other[field]);
      if (difference !== 0) return difference * way;
    }
    return 0;
  });
}

function order(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [a, b] = [String(one), String(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("a list was expected");
  return value;
}

/** The fields of an object. */
export function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new Error("an object was expected");
  return Object.fromEntries(Object.entries(value));
}
