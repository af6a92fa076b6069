import { setImmediate } from "node:timers";
import { StoreUnavailable } from "../../ports/store.ts";
import type { Database } from "./database.ts";
import { isSqliteError } from "./database.ts";

/** A write that waits for its turn. It may run more than once, but takes effect once. */
interface Work {
  readonly run: () => void;
  /** It has several statements, so that a failure may leave some of them behind. */
  readonly several: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  failure?: { readonly reason: unknown };
}

/** While another process writes, it is looked again after a time of which one half is random. */
const LOOK_MS = 2;

/**
 * Group commit: the writes of one turn of the loop run in the order given, in one transaction with one sync, and
 * their promises settle after it. One that fails, fails alone; only when SQLite itself fails do all of them. While
 * another process writes the loop goes on, and what comes meanwhile joins the transaction.
 */
export class Writer {
  readonly #db: Database;
  #queue: Work[] = [];
  #busySince: number | undefined;
  #closed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Runs `run`, which changes something by its last statement only, in the transaction of this turn. */
  one<T>(run: () => T): Promise<T> {
    return this.#enqueue(run, false);
  }

  /** Runs `run`, whose statements take effect together or not at all, in the transaction of this turn. */
  several<T>(run: () => T): Promise<T> {
    return this.#enqueue(run, true);
  }

  /** Writes what waits and takes no more. */
  close(): void {
    this.#closed = true;
    this.#flush();
  }

  #enqueue<T>(run: () => T, several: boolean): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreUnavailable("the store is closed"));
    if (this.#queue.length === 0) setImmediate(() => this.#flush());
    return new Promise<T>((resolve, reject) => {
      let value: T;
      this.#queue.push({ run: () => void (value = run()), several, resolve: () => resolve(value), reject });
    });
  }

  #flush(): void {
    const batch = this.#queue;
    if (batch.length === 0) return;
    try {
      if (!this.#begin()) return void setTimeout(() => this.#flush(), LOOK_MS * (1 + Math.random()) / 2);
      this.#queue = [];
      while (!this.#transact(batch)) this.#db.begin();
    } catch (cause) {
      this.#queue = [];
      this.#rollback();
      const reason = new StoreUnavailable("the database failed", { cause });
      for (const work of batch) work.reject(reason);
      return;
    }
    for (const work of batch) {
      if (work.failure) work.reject(work.failure.reason);
      else work.resolve();
    }
  }

  /** Answers `false` while another process writes; throws when it does so for too long. At the end it is waited for. */
  #begin(): boolean {
    if (this.#closed) {
      this.#db.begin();
    } else if (!this.#db.tryBegin()) {
      this.#busySince ??= performance.now();
      if (performance.now() - this.#busySince < this.#db.busyTimeoutMs) return false;
      this.#busySince = undefined;
      throw new Error("another process has been writing for too long");
    }
    this.#busySince = undefined;
    return true;
  }

  /** Answers `false`, with nothing done, when a work failed half-way and the others are to be run again. */
  #transact(batch: readonly Work[]): boolean {
    for (const work of batch) {
      if (work.failure && work.several) continue;
      this.#attempt(work);
      if (!work.failure || !work.several) continue;
      this.#db.rollback();
      return false;
    }
    this.#db.commit();
    return true;
  }

  #attempt(work: Work): void {
    work.failure = undefined;
    try {
      work.run();
    } catch (reason) {
      if (isSqliteError(reason)) throw reason;
      work.failure = { reason };
    }
  }

  #rollback(): void {
    try {
      this.#db.rollback();
    } catch {
      // The transaction is over either way: SQLite keeps nothing that was not committed.
    }
  }
}
