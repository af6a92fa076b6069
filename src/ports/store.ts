/**
 * The document store. Two adapters keep this contract, and `tests/contracts/store_test.ts` holds them to it.
 *
 * Every operation but `commit` is atomic for one record and durable when its promise resolves: it survives
 * `kill -9`, a power cut and the fail-over of a replica set. Reads see every write that any node was told of. Of the
 * writes of commits they see for certain those of this process, those of commits that settled, and those that `under`
 * lays over.
 * A value is data, whatever it looks like: keys such as `$where`, `a.b` or `__proto__` are stored and given back.
 *
 * Errors: `UniqueViolation`; `StoreUnavailable` when the store gives no certain answer, in which case a write may
 * or may not have happened; `TypeError` for what no store can keep (a lone surrogate, an undeclared field in a
 * query).
 */

/** A record: a JSON object with an id that is unique in its collection. */
export interface Doc {
  readonly id: string;
}

/** What can be compared, indexed and ordered by. Text compares by code point; `null` comes first, and is in no range. */
export type Scalar = string | number | boolean | null;

/** A top-level field of `T`. */
export type Field<T> = Extract<keyof T, string>;

/** What a module declares of the records that it keeps. Declared fields hold scalars. */
export interface Collection<T extends Doc> {
  readonly name: string;
  /** Compound keys that no two records share; their fields are never `null` or absent. */
  readonly unique?: readonly (readonly Field<T>[])[];
  /** Compound keys that `find` can use; a range or an order goes by the fields after the equal ones. */
  readonly indexes?: readonly (readonly Field<T>[])[];
  /** The field whose ISO time, once past, lets `sweep` delete the record; `null` keeps it. */
  readonly expires?: Field<T>;
}

/** A collection of whatever records. */
export interface AnyCollection {
  readonly name: string;
  readonly unique?: readonly (readonly string[])[];
  readonly indexes?: readonly (readonly string[])[];
  readonly expires?: string;
}

/** Declares a collection. */
export function collection<T extends Doc>(declared: Collection<T>): Collection<T> {
  return declared;
}

/** A condition on one declared field: equal to a scalar, one of a list, or inside a range. */
export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | { readonly gt?: Scalar; readonly gte?: Scalar; readonly lt?: Scalar; readonly lte?: Scalar };

/** Conditions that must all hold. */
export type Where<T> = { readonly [F in Field<T>]?: Condition };

/** A query over declared fields. */
export interface Query<T> {
  readonly where?: Where<T>;
  /** Fields in order of weight; ties are broken by nothing, so end with a field that makes the order total. */
  readonly order?: readonly (readonly [Field<T>, "asc" | "desc"])[];
  readonly limit?: number;
}

/** A change to one record, applied in one step. */
export interface Change<T> {
  /** Replaces whole top-level fields; `undefined` is refused. */
  readonly set?: Partial<T>;
  /** Adds to numeric fields; an absent one counts as 0. */
  readonly add?: { readonly [F in Field<T>]?: number };
  /** Raises fields to at least this value; they never fall. */
  readonly raise?: { readonly [F in Field<T>]?: number | string };
}

/** A record that orders others: see `commit`. */
export interface Head extends Doc {
  /** Grows by each change of anything under this head, never falls. */
  readonly rev: number;
}

/** A record under a head. */
export interface Under extends Doc {
  /** The head's `rev` at which this record took its present state. */
  readonly rev: number;
}

/** One write of a commit, with final values: an insert if absent, or a patch if the record's `rev` is lower. */
export type Write =
  | { readonly into: AnyCollection; readonly insert: Under }
  | { readonly into: AnyCollection; readonly id: string; readonly patch: { readonly rev: number } };

/** How much one commit may carry. */
export const COMMIT_WRITES = 128;
export const COMMIT_BYTES = 256 * 1024;

/** See `Store.commit`. */
export interface Commit<H extends Head> {
  readonly heads: Collection<H>;
  readonly id: string;
  /** The `rev` that the head must have. */
  readonly ifRev: number;
  /** The head's new fields, a higher `rev` among them. */
  readonly set: Partial<H> & { readonly rev: number };
  readonly writes: readonly Write[];
  /** Resolve only when the writes are applied to their records, so that queries across heads find them. */
  readonly settle?: boolean;
}

/** A write that would have made two records with one key. */
export class UniqueViolation extends Error {
  override readonly name = "UniqueViolation";
  constructor(readonly collection: string) {
    super(`two records of ${collection} would share a unique key`);
  }
}

/** The store gave no certain answer in time. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The store. All times it is given are ISO texts. */
export interface Store {
  /** Names this history of the data; another one after a restore from a backup. */
  readonly epoch: string;

  /** Inserts one record. Throws `UniqueViolation` when its id or a unique key is taken. */
  insert<T extends Doc>(into: Collection<T>, record: T): Promise<void>;

  /** The record of this id; `undefined` when there is none. */
  get<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined>;

  /**
   * The records that match, in order. With `under`, the very objects that `heads` has just given, what those
   * heads carry and is not yet applied is laid over: the answer holds every change up to each head's `rev`. It
   * may hold later ones; who needs a state as of a head bounds `rev` in `where`.
   */
  find<T extends Doc>(from: Collection<T>, query: Query<T>, under?: readonly Head[]): Promise<T[]>;

  /** How many records match. */
  count<T extends Doc>(from: Collection<T>, where: Where<T>): Promise<number>;

  /**
   * Changes one record if it is there and `onlyIf` holds of it, in one step. Answers the record as it then is, or
   * `undefined` when nothing was changed. Throws `UniqueViolation`.
   */
  patch<T extends Doc>(
    into: Collection<T>,
    id: string,
    change: Change<T>,
    onlyIf?: Where<T>,
  ): Promise<T | undefined>;

  /** Deletes one record and answers it; of several callers one gets it. */
  delete<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined>;

  /** Deletes up to `limit` matching records and answers how many. Not atomic as a whole. */
  deleteMany<T extends Doc>(from: Collection<T>, where: Where<T>, limit: number): Promise<number>;

  /** Deletes what has expired before `now` and answers how many. */
  sweep(now: string): Promise<number>;

  /**
   * Inserts a head with the records that are born with it, all or nothing. Answers `false` when a head with this
   * id is there already, which then stays as it is.
   */
  create<H extends Head>(heads: Collection<H>, head: H, writes: readonly Write[]): Promise<boolean>;

  /** Reads heads, for readers; unordered, absent ones left out. Never writes. */
  heads<H extends Head>(from: Collection<H>, ids: readonly string[]): Promise<H[]>;

  /**
   * Reads a head for a writer: every earlier commit is applied to the records, durably, before this resolves. What
   * `get` and `find` answer afterwards is the state under this head, or later.
   */
  open<H extends Head>(from: Collection<H>, id: string): Promise<H | undefined>;

  /**
   * Compare-and-set on the head's `rev` and with it up to `COMMIT_WRITES` writes of `COMMIT_BYTES` in all: every
   * reader that goes through the head sees all of them or none. Answers `false`, with nothing changed, when the
   * head's `rev` is not `ifRev`. Throws `StoreUnavailable` when it is unknown whether the commit took effect: who
   * needs to know opens the head and looks.
   *
   * `ifRev` is what `open` gave, or what this store's own last commit on the head set.
   */
  commit<H extends Head>(commit: Commit<H>): Promise<boolean>;

  /** Resolves when the store answers, throws `StoreUnavailable` otherwise. */
  ping(): Promise<void>;

  /** Gives the data another epoch, after a restore. */
  renewEpoch(): Promise<string>;

  /** Finishes what was begun and lets go of the store; writes that come later throw `StoreUnavailable`. */
  close(): Promise<void>;
}
