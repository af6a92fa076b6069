import { MongoNetworkError, MongoServerError } from "mongodb";
import type { AnyCollection } from "../../src/ports/store.ts";
import type { Random } from "./random.ts";
import type { Document } from "./replica_query.ts";
import type { Chance } from "./schedule.ts";

/** One operation of the log: a document as it has become. */
interface Entry {
  readonly collection: string;
  readonly document: Document;
}

type Data = Map<string, Map<string, Document>>;

/** Someone who waits until a majority has the log up to `time`. */
interface Wait {
  readonly time: number;
  readonly resolve: () => void;
  /** Absent for who would wait through any fail-over. */
  readonly reject?: (reason: Error) => void;
}

/**
 * A replica set as far as clients can tell: a log of operations on single documents, of which a majority has the
 * first `#safe`, and of these the primary knows the first `#known`. A fail-over cuts off what lies beyond `#safe`, all of
 * it or a part; the new primary may at first know less of what a majority has than the old one did.
 */
export class ReplicaSet {
  readonly #declared: ReadonlyMap<string, AnyCollection>;
  readonly #random: Random;
  readonly #log: Entry[] = [];
  readonly #local: Data = new Map();
  #majority: Data = new Map();
  #safe = 0;
  #known = 0;
  /** Fail-overs there have been. */
  terms = 0;
  /** Nothing goes wrong any more. */
  calm = false;
  #waits: Wait[] = [];

  constructor(collections: readonly AnyCollection[], random: Random) {
    this.#declared = new Map(collections.map((declared) => [declared.name, declared]));
    this.#random = random;
  }

  /** The length of the log. */
  get time(): number {
    return this.#log.length;
  }

  /** How much of the log the primary knows that a majority has. */
  get known(): number {
    return this.#known;
  }

  /** A collection's documents, as of what a majority has or as the primary alone has them. */
  documents(collection: string, concern: "majority" | "local"): ReadonlyMap<string, Document> {
    return (concern === "majority" ? this.#majority : this.#local).get(collection) ?? new Map();
  }

  /** Puts a document into the log, as the primary does at once. Throws the server's error for a key that is taken. */
  put(collection: string, document: Document): void {
    this.#checkKeys(collection, document);
    const entry = { collection, document };
    this.#log.push(entry);
    lay(this.#local, entry);
  }

  /** Resolves when a majority is known to have the log up to `time`; rejects when nobody can tell any more. */
  confirmed(time: number): Promise<void> {
    return this.#reached(time, true);
  }

  /** Resolves when the state at majority is that at `time` or later. */
  caughtUp(time: number): Promise<void> {
    return this.#reached(time, false);
  }

  /** What happens to the set by itself; `failOvers` is how often at most it gets another primary. */
  chances(failOvers: number): Chance[] {
    return [
      { weight: () => this.#known < this.time ? 0.6 : 0, happen: () => this.replicate() },
      {
        weight: () => this.calm || this.terms >= failOvers ? 0 : this.#safe < this.time ? 0.2 : 0.02,
        happen: () => this.failOver(),
      },
      {
        weight: () => !this.calm && this.#waits.some((wait) => wait.reject) ? 0.02 : 0,
        happen: () => this.#giveUp(1),
      },
    ];
  }

  /** Brings some of the log to a majority, and some of that to the primary's knowledge. */
  replicate(): void {
    if (this.#safe < this.time) this.#safe += this.#random.between(1, this.time - this.#safe);
    if (this.#known < this.#safe) this.#know(this.#random.between(this.#known + 1, this.#safe));
  }

  failOver(): void {
    this.terms++;
    this.#log.length = this.#random.between(this.#safe, this.time);
    this.#majority = new Map();
    const known = this.#random.between(Math.max(0, this.#known - 4), this.#safe);
    this.#known = 0;
    this.#local.clear();
    for (const entry of this.#log) lay(this.#local, entry);
    this.#know(known);
    this.#giveUp(this.#waits.length);
  }

  #know(known: number): void {
    for (const entry of this.#log.slice(this.#known, known)) lay(this.#majority, entry);
    this.#known = known;
    const reached = this.#waits.filter((wait) => wait.time <= known);
    this.#waits = this.#waits.filter((wait) => wait.time > known);
    for (const wait of reached) wait.resolve();
  }

  #reached(time: number, giveUp: boolean): Promise<void> {
    if (time <= this.#known) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waits.push({ time, resolve, reject: giveUp ? reject : undefined });
    });
  }

  #giveUp(count: number): void {
    const given = this.#waits.filter((wait) => wait.reject).slice(0, count);
    this.#waits = this.#waits.filter((wait) => !given.includes(wait));
    for (const wait of given) wait.reject?.(new MongoNetworkError("no majority in time"));
  }

  #checkKeys(collection: string, document: Document): void {
    for (const key of this.#declared.get(collection)?.unique ?? []) {
      for (const other of this.documents(collection, "local").values()) {
        if (other._id === document._id || key.some((field) => other[field] !== document[field])) continue;
        throw duplicateKey(`${collection}_${key.join("_")}`);
      }
    }
  }
}

/** The server's error for a second document with one key. */
export function duplicateKey(index: string): MongoServerError {
  return new MongoServerError({ message: `E11000 duplicate key error index: ${index} dup key`, code: 11000 });
}

function lay(data: Data, { collection, document }: Entry): void {
  const documents = data.get(collection) ?? new Map<string, Document>();
  data.set(collection, documents.set(document._id, document));
}
