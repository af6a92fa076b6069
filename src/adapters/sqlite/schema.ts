import { newId } from "../../kernel/ids.ts";
import type { AnyCollection } from "../../ports/store.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Database } from "./database.ts";
import { isUniqueError } from "./database.ts";
import { declaredFields } from "./table.ts";

/** What brings a file from each version to the next; the number of entries is our version. Never change one, add one. */
const MIGRATIONS: readonly string[] = [
  "CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
];

/** The file was written by a later version of this program. */
export class NewerSchema extends Error {
  override readonly name = "NewerSchema";
  constructor(readonly path: string, readonly version: number) {
    super(
      `${path} has schema version ${version}, but this program knows versions up to ${MIGRATIONS.length} only: run the version that wrote it, or restore an older backup`,
    );
  }
}

/** Brings the file to our version and its tables to what is declared, in one transaction. Throws `NewerSchema`. */
export function prepareSchema(db: Database, path: string, collections: readonly AnyCollection[]): void {
  db.begin();
  try {
    migrate(db, path);
    for (const declaration of collections) prepareTable(db, declaration);
    if (readEpoch(db) === undefined) writeEpoch(db);
    db.commit();
  } catch (error) {
    db.rollback();
    throw error;
  }
}

/** The name of this history of the data. */
export function readEpoch(db: Database): string | undefined {
  const value = db.value("SELECT value FROM _meta WHERE key = 'epoch'");
  return typeof value === "string" ? value : undefined;
}

/** Gives the data another epoch and answers it. */
export function writeEpoch(db: Database): string {
  const epoch = newId();
  db.run("INSERT OR REPLACE INTO _meta (key, value) VALUES ('epoch', ?)", epoch);
  return epoch;
}

function migrate(db: Database, path: string): void {
  const version = Number(db.value("PRAGMA user_version"));
  if (version > MIGRATIONS.length) throw new NewerSchema(path, version);
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}

function prepareTable(db: Database, declaration: AnyCollection): void {
  const { name } = declaration;
  const fields = declaredFields(declaration);
  for (const word of [name, ...fields]) checkName(word);
  const columns = fields.map((field) => `"${field}", `).join("");
  db.exec(`CREATE TABLE IF NOT EXISTS "${name}" (id TEXT PRIMARY KEY NOT NULL, ${columns}doc TEXT NOT NULL)`);
  const wanted = declaredIndexes(declaration);
  dropStaleIndexes(db, name, wanted);
  prepareColumns(db, name, fields);
  for (const sql of wanted.values()) createIndex(db, name, sql);
}

/** Columns are derived from `doc`, so they come and go with their declaration. */
function prepareColumns(db: Database, table: string, fields: readonly string[]): void {
  const present = new Set(db.column(`SELECT name FROM pragma_table_info('${table}')`).map(String));
  for (const field of fields.filter((name) => !present.has(name))) {
    db.exec(`ALTER TABLE "${table}" ADD COLUMN "${field}"`);
    db.exec(`UPDATE "${table}" SET "${field}" = json_extract(doc, '$."${field}"')`);
  }
  for (const name of present) {
    if (name !== "id" && name !== "doc" && !fields.includes(name)) {
      db.exec(`ALTER TABLE "${table}" DROP COLUMN "${name}"`);
    }
  }
}

function declaredIndexes({ name, unique = [], indexes = [], expires }: AnyCollection): Map<string, string> {
  const wanted = new Map<string, string>();
  const want = (kind: string, fields: readonly string[]) => {
    const index = `${name}.${kind.split(" ")[0]?.toLowerCase()}.${fields.join(".")}`;
    wanted.set(
      index,
      `${kind} IF NOT EXISTS "${index}" ON "${name}" (${fields.map((field) => `"${field}"`).join(", ")})`,
    );
  };
  for (const fields of unique) want("UNIQUE INDEX", fields);
  for (const fields of indexes) want("INDEX", fields);
  if (expires !== undefined) want("INDEX", [expires]);
  return wanted;
}

function dropStaleIndexes(db: Database, table: string, wanted: ReadonlyMap<string, string>): void {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL";
  for (const index of db.column(sql, table).map(String)) {
    if (!wanted.has(index)) db.exec(`DROP INDEX "${index}"`);
  }
}

function createIndex(db: Database, table: string, sql: string): void {
  try {
    db.exec(`CREATE ${sql}`);
  } catch (error) {
    throw isUniqueError(error) ? new UniqueViolation(table) : error;
  }
}

function checkName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name === "doc") {
    throw new TypeError(`${name} cannot name a table or a column`);
  }
}
