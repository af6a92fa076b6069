import type { AnyCollection, Doc } from "../../ports/store.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Bound, Database } from "./database.ts";
import { isUniqueError } from "./database.ts";
import { queryClause, whereClause, wholeNumber } from "./query.ts";
import type { AnyQuery } from "./query.ts";
import { bound, decode, encode, recordId, text } from "./records.ts";

/** Declared fields of a collection that can be told apart by the bits of a number. */
const MAX_FIELDS = 31;

/** A record made ready to be written. */
export interface Row {
  readonly id: string;
  readonly doc: string;
  /** One value for each of the table's fields. */
  readonly values: readonly Bound[];
}

/**
 * A collection as a table: `id`, one column for each other declared field, and `doc`, the record as JSON. The
 * columns are written from the record, so SQLite parses no JSON to find or to order.
 */
export class Table {
  readonly #db: Database;
  readonly #collection: AnyCollection;
  readonly #fields: readonly string[];
  readonly #keyFields: ReadonlySet<string>;
  readonly #declared: ReadonlySet<string>;
  readonly #insert: string;
  readonly #insertIfAbsent: string;
  readonly #get: string;
  /** The texts of updates, by the fields that they set as bits. */
  readonly #updates = new Map<number, string>();

  constructor(db: Database, declaration: AnyCollection) {
    this.#db = db;
    this.#collection = declaration;
    this.#fields = declaredFields(declaration);
    this.#keyFields = new Set(declaration.unique?.flat());
    this.#declared = new Set(["id", ...this.#fields]);
    if (this.#fields.length > MAX_FIELDS) throw new TypeError(`${declaration.name} declares too many fields`);
    this.#get = this.#select(" WHERE id = ?");
    const columns = ["id", ...this.#fields, "doc"].map((name) => `"${name}"`);
    this.#insert = `INSERT INTO "${declaration.name}" (${columns.join(", ")}) VALUES (${
      columns.map(() => "?").join(", ")
    })`;
    this.#insertIfAbsent = `${this.#insert} ON CONFLICT (id) DO NOTHING`;
  }

  get expires(): string | undefined {
    return this.#collection.expires;
  }

  /** Throws `TypeError` for a record that cannot be kept. */
  row(record: Doc): Row {
    return { id: recordId(record), doc: encode(record), values: this.#values(record) };
  }

  /** Throws `UniqueViolation`. */
  insert(row: Row): void {
    this.#write(this.#insert, row.id, ...row.values, row.doc);
  }

  /** Answers whether the id was free. Throws `UniqueViolation` for another key that is taken. */
  insertIfAbsent(row: Row): boolean {
    return this.#write(this.#insertIfAbsent, row.id, ...row.values, row.doc) > 0;
  }

  get<T extends Doc>(id: string, where?: object): T | undefined {
    const clause = where && whereClause(this.#declared, where);
    const doc = clause
      ? this.#db.value(`${this.#get} AND ${clause.sql}`, text(id), ...clause.params)
      : this.#db.value(this.#get, text(id));
    return doc === undefined ? undefined : decode<T>(doc);
  }

  find<T extends Doc>(query: AnyQuery): T[] {
    const clause = queryClause(this.#declared, query);
    // All rows as one text cost half of one text each. SQLite keeps a subquery's order for what it concatenates.
    const list = `SELECT '[' || group_concat(doc) || ']' FROM (${this.#select(clause.sql)})`;
    const docs = this.#db.value(list, ...clause.params);
    return docs === null ? [] : decode<T[]>(docs);
  }

  count(where: object): number {
    const clause = whereClause(this.#declared, where);
    return Number(
      this.#db.value(`SELECT count(*) FROM "${this.#collection.name}" WHERE ${clause.sql}`, ...clause.params),
    );
  }

  /** Writes `after` over `before`, which is stored. Throws `UniqueViolation`, `TypeError`. */
  replace(before: Doc, after: Doc): void {
    const row = this.row(after);
    const old = this.#values(before);
    const values: Bound[] = [];
    let moved = 0;
    row.values.forEach((value, i) => {
      if (value === old[i]) return;
      values.push(value);
      moved |= 1 << i;
    });
    this.#write(this.#update(moved), ...values, row.doc, row.id);
  }

  delete<T extends Doc>(id: string): T | undefined {
    const doc = this.#db.value(`DELETE FROM "${this.#collection.name}" WHERE id = ? RETURNING doc`, text(id));
    return doc === undefined ? undefined : decode<T>(doc);
  }

  deleteMany(where: object, limit: number): number {
    const { name } = this.#collection;
    const clause = whereClause(this.#declared, where);
    const chosen = `SELECT rowid FROM "${name}" WHERE ${clause.sql} LIMIT ?`;
    return this.#db.run(
      `DELETE FROM "${name}" WHERE rowid IN (${chosen})`,
      ...clause.params,
      wholeNumber(limit),
    );
  }

  /** Naming a column makes SQLite rewrite its indexes, whether or not its value changes. */
  #update(moved: number): string {
    let sql = this.#updates.get(moved);
    if (sql === undefined) {
      const columns = [...this.#fields.filter((_, i) => moved & 1 << i), "doc"];
      const sets = columns.map((name) => `"${name}" = ?`).join(", ");
      this.#updates.set(moved, sql = `UPDATE "${this.#collection.name}" SET ${sets} WHERE id = ?`);
    }
    return sql;
  }

  #select(clause: string): string {
    return `SELECT doc FROM "${this.#collection.name}"${clause}`;
  }

  #values(record: Doc): Bound[] {
    return this.#fields.map((field) => {
      const value = bound(Reflect.get(record, field), field);
      if (value === null && this.#keyFields.has(field)) {
        throw new TypeError(`${field} is part of a key and absent`);
      }
      return value;
    });
  }

  #write(sql: string, ...params: Bound[]): number {
    try {
      return this.#db.run(sql, ...params);
    } catch (error) {
      throw isUniqueError(error) ? new UniqueViolation(this.#collection.name) : error;
    }
  }
}

/** The declared fields of a collection but `id`, each once. */
export function declaredFields(declaration: AnyCollection): string[] {
  const { unique = [], indexes = [], expires } = declaration;
  const fields = new Set([...unique.flat(), ...indexes.flat(), ...expires === undefined ? [] : [expires]]);
  fields.delete("id");
  return [...fields];
}
