import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { hasCode } from "../../kernel/error_code.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import { LogFile } from "./log_file.ts";

/** What SQLite can be given for a scalar. */
export type Bound = string | number | null;

/** How long is waited, unless told otherwise, for another process to finish its transaction. */
const BUSY_TIMEOUT_MS = 5_000;

/** About as long as another process takes for a transaction: this one may stand still for it. */
const MOMENT_MS = 2;

/** Pages in the write-ahead log before a commit also copies them into the file, which stops everyone: 16 MB. */
const CHECKPOINT_PAGES = 4_096;
/** A page with its header in the log, and the pages by which one commit may pass the mark. */
const LOG_PAGE_BYTES = 4_096 + 24;
const LOG_SLACK_PAGES = 512;

const PRAGMAS = [
  "synchronous = FULL",
  "temp_store = MEMORY",
  "cache_size = -32768",
  `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
];

/** One connection to a file, with its statements prepared once; their texts come from declarations, so they are few. */
export class Database {
  /** How long to wait for another process to finish its transaction. */
  readonly busyTimeoutMs: number;
  readonly #db: DatabaseSync;
  readonly #log: LogFile;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens the file and makes it, readable by its owner alone, when it is not there. */
  constructor(path: string, busyTimeoutMs: number = BUSY_TIMEOUT_MS) {
    this.busyTimeoutMs = busyTimeoutMs;
    const options = { timeout: busyTimeoutMs, defensive: true };
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    this.#db = new DatabaseSync(path, options);
    this.#log = new LogFile(path, (CHECKPOINT_PAGES + LOG_SLACK_PAGES) * LOG_PAGE_BYTES);
  }

  /** Sets the connection up. Throws SQLite's error when the file is no database or busy. */
  configure(): void {
    this.#beginLog();
    for (const pragma of PRAGMAS) this.exec(`PRAGMA ${pragma}`);
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Runs a statement that is needed once. (`DatabaseSync.exec` throws errors without their code.) */
  exec(sql: string): void {
    this.#db.prepare(sql).run();
  }

  /** Runs a statement and answers how many rows it changed. */
  run(sql: string, ...params: Bound[]): number {
    return Number(this.#prepare(sql).run(...params).changes);
  }

  /** The first column of the first row. */
  value(sql: string, ...params: Bound[]): unknown {
    return firstColumn(this.#prepare(sql).get(...params));
  }

  /** The first column of each row. */
  column(sql: string, ...params: Bound[]): unknown[] {
    return this.#prepare(sql).all(...params).map(firstColumn);
  }

  /** Begins a transaction that writes. Another process that writes is waited for, and this one stands still meanwhile. */
  begin(): void {
    this.run("BEGIN IMMEDIATE");
    this.#log.lengthen();
  }

  /** Begins a transaction that writes, or answers `false` when another process goes on writing for a moment. */
  tryBegin(): boolean {
    this.run(`PRAGMA busy_timeout = ${MOMENT_MS}`);
    try {
      this.begin();
      return true;
    } catch (error) {
      if (isBusyError(error)) return false;
      throw error;
    } finally {
      this.run(`PRAGMA busy_timeout = ${this.busyTimeoutMs}`);
    }
  }

  commit(): void {
    this.run("COMMIT");
  }

  /** Ends a transaction if SQLite has not already done so. */
  rollback(): void {
    if (this.#db.isOpen && this.#db.isTransaction) this.run("ROLLBACK");
  }

  /** Answers what `work` does; what SQLite throws becomes `StoreUnavailable`. */
  guard<T>(work: () => T): T {
    if (!this.#db.isOpen) throw new StoreUnavailable("the store is closed");
    try {
      return work();
    } catch (cause) {
      throw isSqliteError(cause) ? new StoreUnavailable("the database failed", { cause }) : cause;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  /**
   * Gives the file its write-ahead log. Where another process is at the same, or writes before there is one, SQLite refuses
   * without waiting, so this waits for a turn to write and tries again.
   */
  #beginLog(): void {
    for (const end = performance.now() + this.busyTimeoutMs;;) {
      try {
        return this.exec("PRAGMA journal_mode = WAL");
      } catch (error) {
        if (!isBusyError(error) || performance.now() > end) throw error;
      }
      this.run("BEGIN IMMEDIATE");
      this.rollback();
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

const UNIQUE_CODES = new Set([1555, 2067]); // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE

/** Whether SQLite refused a second record with one key. */
export function isUniqueError(error: unknown): boolean {
  return isSqliteError(error) && UNIQUE_CODES.has(error.errcode);
}

const BUSY = 5; // SQLITE_BUSY; its variants differ in the higher bits

function isBusyError(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === BUSY;
}

/** Whether SQLite threw this. */
export function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return hasCode(error, "ERR_SQLITE_ERROR");
}

function firstColumn(row: Record<string, unknown> | undefined): unknown {
  for (const key in row) return row[key];
  return undefined;
}
