import type { Scalar } from "../../ports/store.ts";
import type { Bound } from "./database.ts";
import { bound, encode, isScalar, text } from "./records.ts";

/** A piece of SQL with the values for its placeholders. */
export interface Clause {
  readonly sql: string;
  readonly params: readonly Bound[];
}

/** A `Query`, without the names of a record's fields. */
export interface AnyQuery {
  readonly where?: object;
  readonly order?: readonly (readonly [string, "asc" | "desc"])[];
  readonly limit?: number;
}

const RANGES = new Map([["gt", ">"], ["gte", ">="], ["lt", "<"], ["lte", "<="]]);

/** SQL that holds of the records that match every condition. Throws `TypeError` for a condition that is none. */
export function whereClause(declared: ReadonlySet<string>, where: object = {}): Clause {
  const clauses = Object.entries(where).map(([field, condition]) => {
    return conditionClause(columnName(declared, field), condition);
  });
  return {
    sql: clauses.map((clause) => clause.sql).join(" AND ") || "TRUE",
    params: clauses.flatMap((clause) => clause.params),
  };
}

/** ` WHERE … ORDER BY … LIMIT …` */
export function queryClause(declared: ReadonlySet<string>, query: AnyQuery): Clause {
  const where = whereClause(declared, query.where);
  const order = (query.order ?? []).map(([field, way]) => `${columnName(declared, field)} ${direction(way)}`);
  const limit = query.limit === undefined ? [] : [wholeNumber(query.limit)];
  return {
    sql: ` WHERE ${where.sql}` + (order.length > 0 ? ` ORDER BY ${order.join(", ")}` : "") +
      (limit.length > 0 ? " LIMIT ?" : ""),
    params: [...where.params, ...limit],
  };
}

/** A count of records. */
export function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("a limit is a whole number");
  return value;
}

function columnName(declared: ReadonlySet<string>, field: string): string {
  if (!declared.has(field)) throw new TypeError(`${field} is not declared`);
  return `"${field}"`;
}

function direction(way: string): string {
  if (way !== "asc" && way !== "desc") throw new TypeError(`${way} is no order`);
  return way === "asc" ? "ASC" : "DESC";
}

function conditionClause(column: string, condition: unknown): Clause {
  if (condition === null) return { sql: `${column} IS NULL`, params: [] };
  if (isScalar(condition)) return { sql: `${column} = ?`, params: [parameter(condition)] };
  if (typeof condition !== "object") throw new TypeError(`${column} has no condition`);
  const entries: [string, unknown][] = Object.entries(condition ?? {});
  const [first] = entries;
  if (!first) throw new TypeError(`${column} has no condition`);
  if (first[0] === "in" && entries.length === 1) return listClause(column, first[1]);
  return {
    sql: entries.map(([operator]) => `${column} ${rangeSign(operator)} ?`).join(" AND "),
    params: entries.map(([, end]) => rangeEnd(end)),
  };
}

function listClause(column: string, list: unknown): Clause {
  if (!Array.isArray(list) || !list.every(isScalar)) throw new TypeError(`${column} has no list of scalars`);
  if (list.length === 1) return conditionClause(column, list[0]);
  const given = list.filter((value) => value !== null).map(parameter);
  const sql = `${column} IN (SELECT value FROM json_each(?))`;
  const params = [encode(given)];
  return given.length === list.length ? { sql, params } : { sql: `(${sql} OR ${column} IS NULL)`, params };
}

function rangeSign(operator: string): string {
  const sign = RANGES.get(operator);
  if (!sign) throw new TypeError(`${operator} is no operator`);
  return sign;
}

function rangeEnd(end: unknown): Bound {
  if (typeof end !== "number" && typeof end !== "string") {
    throw new TypeError("a range ends at a number or a text");
  }
  return parameter(end);
}

function parameter(value: Scalar): Bound {
  return typeof value === "string" ? text(value) : bound(value, "a condition");
}
