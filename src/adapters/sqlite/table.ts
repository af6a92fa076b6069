import type { AnyCollection, Doc } from "../../ports/store.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Bound, Database } from "./database.ts";
import { isUniqueError } from "./database.ts";
import { queryClause, whereClause, wholeNumber } from "./query.ts";
import type { AnyQuery } from "./query.ts";
import { bound, decode, encode, recordId, text } from "./records.ts";

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

  constructor(db: Database, declaration: AnyCollection) {
    this.#db = db;
    this.#collection = declaration;
    this.#fields = declaredFields(declaration);
    this.#keyFields = new Set(declaration.unique?.flat());
    this.#declared = new Set(["id", ...this.#fields]);
    const columns = ["id", ...this.#fields, "doc"].map((name) => `"${name}"`);
    this.#insert = `INSERT INTO "${declaration.name}" (${columns.join(", ")}) VALUES (${
      columns.map(() => "?").join(", ")
    })`;
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
    return this.#write(`${this.#insert} ON CONFLICT (id) DO NOTHING`, row.id, ...row.values, row.doc) > 0;
  }

  get<T extends Doc>(id: string, where?: object): T | undefined {
    const clause = whereClause(this.#declared, where);
    const doc = this.#db.value(this.#select(` WHERE id = ? AND ${clause.sql}`), text(id), ...clause.params);
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
    // Naming a column makes SQLite rewrite its indexes, whether or not its value changes.
    const moved = this.#fields.flatMap((field, i) =>
      old[i] === row.values[i] ? [] : [{ field, value: row.values[i] ?? null }]
    );
    const sets = [...moved.map(({ field }) => `"${field}" = ?`), "doc = ?"].join(", ");
    const values = moved.map(({ value }) => value);
    this.#write(`UPDATE "${this.#collection.name}" SET ${sets} WHERE id = ?`, ...values, row.doc, row.id);
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

  #select(clause: string): string {
    return `SELECT doc FROM "${this.#collection.name}"${clause}`;
  }

  #values(record: Doc): Bound[] {
    const fields: Readonly<Record<string, unknown>> = { ...record };
    return this.#fields.map((field) => {
      const value = bound(fields[field], field);
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
