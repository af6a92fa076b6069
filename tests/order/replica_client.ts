import { MongoNetworkError } from "mongodb";
import type { MongoClient } from "mongodb";
import { duplicateKey } from "./replica_set.ts";
import type { ReplicaSet } from "./replica_set.ts";
import { fields, matches, sorted } from "./replica_query.ts";
import type { Document } from "./replica_query.ts";
import type { Process, Schedule } from "./schedule.ts";

/** Ways in which a client may do less than it is asked to. */
export interface Shortcomings {
  /** Reads see what the primary alone has. */
  readonly readsLocally?: boolean;
  /** Writes are answered before a majority has them. */
  readonly writesLocally?: boolean;
  /** Writes to records are left out that another process's commit carries. */
  readonly finishesOwnOnly?: boolean;
}

/** As much of a session as is used: the latest time that it has seen. */
class ReplicaSession {
  operationTime: number | undefined;

  advanceOperationTime(time: number): void {
    this.operationTime = Math.max(time, this.operationTime ?? 0);
  }

  endSession(): Promise<void> {
    return Promise.resolve();
  }
}

interface Options {
  readonly session: ReplicaSession;
  readonly sort?: ReadonlyMap<string, 1 | -1>;
  readonly limit?: number;
}

type Update = Readonly<Record<string, unknown>>;
type BulkOperation = {
  readonly updateOne: { readonly filter: object; readonly update: Update; readonly upsert?: boolean };
};

/**
 * A process's connection to a replica set, with as much of the driver as the adapter uses. Between sending and
 * arriving, and between the answer and its coming, others may go on; so they may between two operations of a bulk.
 */
export class ReplicaClient {
  readonly set: ReplicaSet;
  readonly schedule: Schedule;
  readonly process: Process;
  readonly shortcomings: Shortcomings;
  /** The commits of this process: each write to a record by its id and `rev`. */
  readonly #own = new Set<string>();

  constructor(set: ReplicaSet, schedule: Schedule, process: Process, shortcomings: Shortcomings = {}) {
    this.set = set;
    this.schedule = schedule;
    this.process = process;
    this.shortcomings = shortcomings;
  }

  /** As what the adapter takes it for. */
  asMongoClient(): MongoClient {
    return this as unknown as MongoClient;
  }

  db(): { collection(name: string): ReplicaCollection } {
    return { collection: (name) => new ReplicaCollection(name, this) };
  }

  startSession(): ReplicaSession {
    return new ReplicaSession();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async read(name: string, filter: object, { session, sort, limit }: Options): Promise<Document[]> {
    const { set, schedule, process, shortcomings } = this;
    await schedule.gate(process, true);
    const concern = shortcomings.readsLocally ? "local" : "majority";
    if (concern === "majority") await set.caughtUp(session.operationTime ?? 0);
    const found = [...set.documents(name, concern).values()].filter((one) => matches(one, fields(filter)));
    session.advanceOperationTime(concern === "majority" ? set.known : set.time);
    await this.#answered();
    return sorted(found, sort ?? new Map()).slice(0, limit);
  }

  /** Has the primary do `work`, and waits until a majority has it and all before it, whatever came of it. */
  async write<T>(session: ReplicaSession, work: () => T | Promise<T>): Promise<T> {
    const { set, schedule, process, shortcomings } = this;
    await schedule.gate(process, true);
    const outcome = await Promise.resolve().then(work).then((value) => ({ value }), (error) => ({ error }));
    const { time } = set;
    if (!shortcomings.writesLocally) {
      await set.confirmed(time);
      session.advanceOperationTime(time);
    }
    await this.#answered();
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Remembers what a head carries that this process makes. */
  carries(document: object): void {
    if (!("_pending" in document) || !Array.isArray(document._pending)) return;
    for (const { id, set } of document._pending) this.#own.add(`${id}@${set.rev}`);
  }

  /** Whether this process does this operation of a bulk at all. */
  does({ updateOne: { filter, update } }: BulkOperation): boolean {
    if (!this.shortcomings.finishesOwnOnly) return true;
    const { rev } = fields(update.$set ?? update.$setOnInsert);
    return this.#own.has(`${fields(filter)._id}@${rev}`);
  }

  async #answered(): Promise<void> {
    await this.schedule.gate(this.process);
    if (this.schedule.loses()) throw new MongoNetworkError("the answer was lost");
  }
}

/** A collection as the driver gives it. */
class ReplicaCollection {
  readonly #name: string;
  readonly #client: ReplicaClient;

  constructor(name: string, client: ReplicaClient) {
    this.#name = name;
    this.#client = client;
  }

  async findOne(filter: object, options: Options): Promise<Document | null> {
    return (await this.#client.read(this.#name, filter, options))[0] ?? null;
  }

  find(filter: object, options: Options): { toArray(): Promise<Document[]> } {
    return { toArray: () => this.#client.read(this.#name, filter, options) };
  }

  insertOne(document: Document, { session }: Options): Promise<void> {
    this.#client.carries(document);
    return this.#client.write(session, () => {
      if (this.#documents().has(document._id)) throw duplicateKey("_id_");
      this.#client.set.put(this.#name, document);
    });
  }

  updateOne(filter: object, update: Update, { session }: Options): Promise<{ matchedCount: number }> {
    this.#client.carries(fields(update.$set));
    return this.#client.write(session, () => ({ matchedCount: this.#update(filter, update) }));
  }

  bulkWrite(operations: readonly BulkOperation[], { session }: Options): Promise<void> {
    const { set, schedule } = this.#client;
    return this.#client.write(session, async () => {
      const { terms } = set;
      let failure: unknown;
      for (const operation of operations) {
        await schedule.gate();
        if (set.terms !== terms) throw new MongoNetworkError("the primary has stepped down");
        const { filter, update, upsert } = operation.updateOne;
        if (!this.#client.does(operation)) continue;
        try {
          if (this.#update(filter, update) === 0 && upsert) {
            set.put(this.#name, { ...fields(update.$setOnInsert), _id: String(fields(filter)._id) });
          }
        } catch (error) {
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
    });
  }

  #update(filter: object, update: Update): number {
    const { set } = this.#client;
    const found = this.#documents().get(String(fields(filter)._id));
    if (!found || !matches(found, fields(filter))) return 0;
    if (update.$set) set.put(this.#name, { ...found, ...fields(update.$set) });
    return 1;
  }

  #documents(): ReadonlyMap<string, Document> {
    return this.#client.set.documents(this.#name, "local");
  }
}
