import type {
  AnyCollection,
  Change,
  Collection,
  Commit,
  Doc,
  Head,
  Query,
  Store,
  Where,
  Write,
} from "../ports/store.ts";
import { advanceHead, applySteps, checkRevs, prepareWrites } from "./sqlite/commit.ts";
import { Database } from "./sqlite/database.ts";
import { changed, encode } from "./sqlite/records.ts";
import { prepareSchema, readEpoch, writeEpoch } from "./sqlite/schema.ts";
import { Table } from "./sqlite/table.ts";
import { Writer } from "./sqlite/writer.ts";

export { NewerSchema } from "./sqlite/schema.ts";

export interface SqliteOptions {
  /** The file, made with its folder when it is not there. */
  readonly path: string;
  /** All that this program keeps in it. */
  readonly collections: readonly AnyCollection[];
  /** How long to wait for another process that writes, 5,000 unless given. */
  readonly busyTimeoutMs?: number;
}

/** How many expired records go in one transaction. */
const SWEEP_LIMIT = 500;

/**
 * Opens the store in a file. Several processes may do so at once. Throws `NewerSchema` when a later version of this
 * program wrote the file, `UniqueViolation` when its records break a key that is newly declared.
 */
export function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return new Promise((resolve) => resolve(openFile(options)));
}

function openFile({ path, collections, busyTimeoutMs }: SqliteOptions): Store {
  const db = new Database(path, busyTimeoutMs);
  try {
    db.configure();
    prepareSchema(db, path, collections);
    return new SqliteStore(db, collections);
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Reads run at once on the one connection, so they see whole transactions; writes go through the group commit. A
 * commit is one transaction, so nothing is ever pending: `under` and `settle` have nothing to do.
 */
class SqliteStore implements Store {
  readonly #db: Database;
  readonly #writer: Writer;
  readonly #tables: ReadonlyMap<string, Table>;
  #epoch: string;

  constructor(db: Database, collections: readonly AnyCollection[]) {
    this.#db = db;
    this.#writer = new Writer(db);
    this.#tables = new Map(collections.map((declared) => [declared.name, new Table(db, declared)]));
    this.#epoch = readEpoch(db) ?? "";
  }

  get epoch(): string {
    return this.#epoch;
  }

  async insert<T extends Doc>(into: Collection<T>, record: T): Promise<void> {
    const table = this.#table(into);
    const row = table.row(record);
    await this.#writer.one(() => table.insert(row));
  }

  async get<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    return await this.#db.guard(() => this.#table(from).get<T>(id));
  }

  async find<T extends Doc>(from: Collection<T>, query: Query<T>): Promise<T[]> {
    return await this.#db.guard(() => this.#table(from).find<T>(query));
  }

  async count<T extends Doc>(from: Collection<T>, where: Where<T>): Promise<number> {
    return await this.#db.guard(() => this.#table(from).count(where));
  }

  async patch<T extends Doc>(
    into: Collection<T>,
    id: string,
    change: Change<T>,
    onlyIf?: Where<T>,
  ): Promise<T | undefined> {
    const table = this.#table(into);
    return await this.#writer.one(() => {
      const before = table.get<T>(id, onlyIf);
      if (!before) return undefined;
      const after = changed(before, change);
      table.replace(before, after);
      return after;
    });
  }

  async delete<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    const table = this.#table(from);
    return await this.#writer.one(() => table.delete<T>(id));
  }

  async deleteMany<T extends Doc>(from: Collection<T>, where: Where<T>, limit: number): Promise<number> {
    const table = this.#table(from);
    return await this.#writer.one(() => table.deleteMany(where, limit));
  }

  async sweep(now: string): Promise<number> {
    let swept = 0;
    for (const table of this.#tables.values()) {
      if (table.expires === undefined) continue;
      const expired = { [table.expires]: { lt: now } };
      for (let some = SWEEP_LIMIT; some === SWEEP_LIMIT; swept += some) {
        some = await this.#writer.one(() => table.deleteMany(expired, SWEEP_LIMIT));
      }
    }
    return swept;
  }

  async create<H extends Head>(heads: Collection<H>, head: H, writes: readonly Write[]): Promise<boolean> {
    const table = this.#table(heads);
    const row = table.row(head);
    const steps = prepareWrites((into) => this.#table(into), writes);
    return await this.#writer.several(() => {
      if (!table.insertIfAbsent(row)) return false;
      applySteps(steps);
      return true;
    });
  }

  async heads<H extends Head>(from: Collection<H>, ids: readonly string[]): Promise<H[]> {
    return await this.#db.guard(() => this.#table(from).find<H>({ where: { id: { in: ids } } }));
  }

  async open<H extends Head>(from: Collection<H>, id: string): Promise<H | undefined> {
    return await this.get(from, id);
  }

  async commit<H extends Head>({ heads, id, ifRev, set, writes }: Commit<H>): Promise<boolean> {
    const table = this.#table(heads);
    checkRevs(ifRev, set.rev);
    encode(set);
    const steps = prepareWrites((into) => this.#table(into), writes);
    return await this.#writer.several(() => {
      if (!advanceHead(table, id, ifRev, set)) return false;
      applySteps(steps);
      return true;
    });
  }

  async ping(): Promise<void> {
    await this.#db.guard(() => readEpoch(this.#db));
  }

  async renewEpoch(): Promise<string> {
    return this.#epoch = await this.#writer.one(() => writeEpoch(this.#db));
  }

  close(): Promise<void> {
    this.#writer.close();
    return new Promise((resolve) => resolve(this.#db.close()));
  }

  #table(declared: AnyCollection): Table {
    const table = this.#tables.get(declared.name);
    if (!table) throw new TypeError(`${declared.name} is not a collection of this store`);
    return table;
  }
}
