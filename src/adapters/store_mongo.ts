import type { MongoClientOptions } from "mongodb";
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
import { StoreUnavailable } from "../ports/store.ts";
import { updateOf, withoutId } from "./mongo/change.ts";
import { decodeRecord, encodeFields, text } from "./mongo/codec.ts";
import type { Fields, Stored } from "./mongo/codec.ts";
import { Declaration } from "./mongo/declaration.ts";
import { readEpoch, writeEpoch } from "./mongo/epoch.ts";
import type { Faults } from "./mongo/faults.ts";
import { InFlight } from "./mongo/in_flight.ts";
import { prepareIndexes } from "./mongo/indexes.ts";
import { Link } from "./mongo/link.ts";
import { Orders } from "./mongo/orders.ts";
import { layOver, mayChange, mergeMatches } from "./mongo/overlay.ts";
import type { PendingWrite } from "./mongo/pending.ts";
import { packWrites, refuseUndefined } from "./mongo/pending.ts";
import { both, filterOf, sortOf, wholeNumber } from "./mongo/query.ts";

export type { Faults, Step } from "./mongo/faults.ts";
export { WrongUri } from "./mongo/link.ts";

export interface MongoOptions {
  readonly uri: string;
  /** Else the one that the URI names, else `parley`. */
  readonly database?: string;
  /** All that this program keeps in it. */
  readonly collections: readonly AnyCollection[];
  /** For tests: what may go wrong between two steps on a head. */
  readonly faults?: Faults;
}

/** Indexes of a large collection take their time. */
const PREPARE: MongoClientOptions = { socketTimeoutMS: 0 };
const DELETE_AT_ONCE = 1_000;

/**
 * Opens the store, its indexes made. Several processes may do so at once. Throws `WrongUri`, `StoreUnavailable`,
 * `UniqueViolation`.
 */
export async function openMongoStore({ uri, database, collections, faults }: MongoOptions): Promise<Store> {
  const patient = await Link.open(uri, database, PREPARE);
  try {
    for (const declared of collections) await prepareIndexes(patient, declared);
  } finally {
    await patient.close();
  }
  const link = await Link.open(uri, database);
  try {
    return new MongoStore(link, collections, await readEpoch(link), faults);
  } catch (error) {
    await link.close();
    throw error;
  }
}

/**
 * The records of a collection are documents whose `_id` is the record's id. What a commit of this process has yet
 * to apply is waited for by every read whose answer it may change, but those that lay it over: so a process sees its
 * own commits, and no conversation waits for another one.
 */
export class MongoStore implements Store {
  readonly #link: Link;
  readonly #orders: Orders;
  readonly #declared: ReadonlyMap<string, Declaration>;
  readonly #begun = new InFlight();
  #epoch: string;
  #closed: Promise<void> | undefined;

  constructor(link: Link, collections: readonly AnyCollection[], epoch: string, faults?: Faults) {
    this.#link = link;
    this.#orders = new Orders(link, faults);
    this.#declared = new Map(collections.map((declared) => [declared.name, new Declaration(declared)]));
    this.#epoch = epoch;
  }

  get epoch(): string {
    return this.#epoch;
  }

  insert<T extends Doc>(into: Collection<T>, record: T): Promise<void> {
    return this.#run(async () => {
      const stored = this.#declaration(into).record(record);
      await this.#link.write(into.name, (collection, session) => collection.insertOne(stored, { session }));
    });
  }

  get<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    return this.#run(async () => {
      const { name } = this.#declaration(from);
      const filter = { _id: text(id) };
      await this.#orders.settled(mayChange(name, { id }));
      return record<T>(
        await this.#link.read(name, (collection, session) => {
          return collection.findOne<Fields>(filter, { session, projection: VISIBLE });
        }),
      );
    });
  }

  find<T extends Doc>(from: Collection<T>, query: Query<T>, under?: readonly Head[]): Promise<T[]> {
    return this.#run(async () => {
      const declared = this.#declaration(from);
      const filter = filterOf(declared, query.where);
      if (!under) await this.#orders.settled(mayChange(declared.name, query.where));
      const pending = under ? this.#orders.carriedFor(declared.name, under) : [];
      if (pending.length === 0) return await this.#select<T>(declared, filter, query);
      return await this.#selectUnder<T>(declared, filter, query, pending);
    });
  }

  count<T extends Doc>(from: Collection<T>, where: Where<T>): Promise<number> {
    return this.#run(async () => {
      const filter = filterOf(this.#declaration(from), where);
      await this.#orders.settled(mayChange(from.name, where));
      return await this.#link.read(from.name, (collection, session) => {
        return collection.countDocuments(filter, { session });
      });
    });
  }

  patch<T extends Doc>(
    into: Collection<T>,
    id: string,
    change: Change<T>,
    onlyIf?: Where<T>,
  ): Promise<T | undefined> {
    return this.#run(async () => {
      const declared = this.#declaration(into);
      const filter = both({ _id: text(id) }, filterOf(declared, onlyIf));
      const update = updateOf(declared, id, change);
      await this.#orders.settled(mayChange(into.name, { id }));
      return record<T>(
        await this.#link.write(into.name, (collection, session) => {
          if (!update) return collection.findOne<Fields>(filter, { session, projection: VISIBLE });
          const options = { session, projection: VISIBLE, returnDocument: "after" } as const;
          return collection.findOneAndUpdate(filter, update, options);
        }),
      );
    });
  }

  delete<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    return this.#run(async () => {
      const { name } = this.#declaration(from);
      const filter = { _id: text(id) };
      await this.#orders.settled(mayChange(name, { id }));
      this.#orders.forget(from, id);
      return record<T>(
        await this.#link.write(name, (collection, session) => {
          return collection.findOneAndDelete(filter, { session, projection: VISIBLE });
        }),
      );
    });
  }

  deleteMany<T extends Doc>(from: Collection<T>, where: Where<T>, limit: number): Promise<number> {
    return this.#run(() => this.#deleteMany(this.#declaration(from), where, wholeNumber(limit)));
  }

  sweep(now: string): Promise<number> {
    return this.#run(async () => {
      let swept = 0;
      for (const declared of this.#declared.values()) {
        if (declared.expires === undefined) continue;
        swept += await this.#deleteMany(declared, { [declared.expires]: { lt: text(now) } }, Infinity);
      }
      return swept;
    });
  }

  create<H extends Head>(heads: Collection<H>, head: H, writes: readonly Write[]): Promise<boolean> {
    return this.#run(async () => {
      const stored = this.#declaration(heads).record(head);
      const pending = this.#pack(writes);
      return await this.#orders.create(heads, { ...stored, rev: head.rev }, pending);
    });
  }

  heads<H extends Head>(from: Collection<H>, ids: readonly string[]): Promise<H[]> {
    return this.#run(() => this.#orders.heads<H>(this.#declaration(from), ids.map(text)));
  }

  open<H extends Head>(from: Collection<H>, id: string): Promise<H | undefined> {
    return this.#run(() => this.#orders.open<H>(this.#declaration(from), text(id)));
  }

  commit<H extends Head>({ heads, id, ifRev, set, writes, settle = false }: Commit<H>): Promise<boolean> {
    return this.#run(async () => {
      const declared = this.#declaration(heads);
      if (!Number.isSafeInteger(set.rev) || set.rev <= ifRev) {
        throw new TypeError("a commit raises the head's rev");
      }
      refuseUndefined(set);
      declared.check(set);
      const fields = { ...withoutId(text(id), encodeFields(set)), rev: set.rev };
      const pending = this.#pack(writes);
      return await this.#orders.commit(declared, id, ifRev, fields, pending, settle);
    });
  }

  ping(): Promise<void> {
    return this.#run(() => this.#link.ping());
  }

  renewEpoch(): Promise<string> {
    return this.#run(async () => this.#epoch = await writeEpoch(this.#link));
  }

  close(): Promise<void> {
    return this.#closed ??= this.#finish();
  }

  async #finish(): Promise<void> {
    await this.#begun.settled();
    await this.#orders.settled();
    await this.#link.close();
  }

  async #select<T extends Doc>(declared: Declaration, filter: Fields, query: Query<T>): Promise<T[]> {
    const sort = sortOf(declared, query.order);
    const limit = query.limit === undefined ? undefined : wholeNumber(query.limit);
    if (limit === 0) return []; // which to MongoDB is no limit
    const found = await this.#link.read(declared.name, (collection, session) => {
      const options = { session, projection: VISIBLE, sort: new Map(sort), limit };
      return collection.find<Fields>(filter, options).toArray();
    });
    return found.map((stored) => decodeRecord<T>(stored));
  }

  async #selectUnder<T extends Doc>(
    declared: Declaration,
    filter: Fields,
    query: Query<T>,
    pending: readonly PendingWrite[],
  ): Promise<T[]> {
    const ids = pending.map((write) => write.id);
    const [others, stored] = await Promise.all([
      this.#select<T>(declared, both(filter, { _id: { $nin: ids } }), query),
      this.#link.read(declared.name, (collection, session) => {
        return collection.find<Stored>({ _id: { $in: ids } }, { session }).toArray();
      }),
    ]);
    return mergeMatches(others, layOver<T>(stored, pending), query);
  }

  /** A record that no longer matches when its turn comes is spared. */
  async #deleteMany(declared: Declaration, where: object, limit: number): Promise<number> {
    const filter = filterOf(declared, where);
    await this.#orders.settled(mayChange(declared.name));
    let deleted = 0;
    while (deleted < limit) {
      const size = Math.min(limit - deleted, DELETE_AT_ONCE);
      const ids = await this.#link.read(declared.name, async (collection, session) => {
        const found = await collection.find(filter, { session, projection: { _id: 1 }, limit: size })
          .toArray();
        return found.map(({ _id }) => _id);
      });
      if (ids.length === 0) break;
      const { deletedCount } = await this.#link.write(declared.name, (collection, session) => {
        return collection.deleteMany(both(filter, { _id: { $in: ids } }), { session });
      });
      deleted += deletedCount;
      if (ids.length < size) break;
    }
    return deleted;
  }

  #pack(writes: readonly Write[]): PendingWrite[] {
    return packWrites((into) => this.#declaration(into), writes);
  }

  #declaration(declared: AnyCollection): Declaration {
    const found = this.#declared.get(declared.name);
    if (!found) throw new TypeError(`${declared.name} is not a collection of this store`);
    return found;
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreUnavailable("the store is closed"));
    return this.#begun.add(Promise.resolve().then(work));
  }
}

/** Leaves out what a head carries. */
const VISIBLE = { _pending: 0 };

function record<T extends Doc>(stored: Fields | null): T | undefined {
  return stored ? decodeRecord<T>(stored) : undefined;
}
