import { Lru } from "../../kernel/lru.ts";
import type { AnyCollection, Head } from "../../ports/store.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import { Applier } from "./applier.ts";
import { decodeRecord } from "./codec.ts";
import type { Fields, Stored } from "./codec.ts";
import { isDuplicateId } from "./errors.ts";
import type { Faults } from "./faults.ts";
import { InFlight } from "./in_flight.ts";
import type { Link } from "./link.ts";
import type { PendingWrite } from "./pending.ts";

/** A head as it is stored: what its newest commit carries stays in it until the next. */
type StoredHead = Stored & { readonly rev: number; readonly _pending?: readonly PendingWrite[] };

/** The `rev` of a head whose writes this process is applying, or has applied. */
interface Standing {
  readonly rev: number;
  readonly applied: Promise<void>;
  done: boolean;
}

/** Heads whose standing is remembered; one that is forgotten costs a read. */
const MAX_KNOWN = 50_000;

/**
 * Commits of many records on a store that is atomic for one.
 *
 * A commit is one compare-and-set on the head's `rev` that carries the writes to other records as `_pending`. It
 * takes effect there, at once and whole; applying the writes only brings them to where queries look.
 *
 * 1. Who advances a head has applied what it carries, at majority, before `_pending` is replaced. So at any time at
 *    most the newest commit of a head is unapplied, and it stands in the head: a crash or a batch cut short loses
 *    nothing, the next writer completes it.
 * 2. Readers lay the head's `_pending` over the records: head first, then records, so that whatever the head does
 *    not carry was applied before the records were read. They see all of a commit or, with an older head, none.
 * 3. `rev` alone tells states of a head apart: it is read at majority, or was confirmed by one, so no fail-over takes
 *    it back and gives it to another change, and every commit raises it.
 * 4. The wait for the majority in 1 matters in a fail-over: else a record could be rolled back after the head that
 *    carried it was replaced.
 */
export class Orders {
  readonly #link: Link;
  readonly #faults: Faults | undefined;
  readonly #applier: Applier;
  readonly #applying = new InFlight<readonly PendingWrite[]>();
  readonly #known = new Lru<string, Standing>(MAX_KNOWN);
  /** Heads that this process advanced and then failed to apply: only `open` makes sure of them. */
  readonly #unapplied = new Set<string>();
  readonly #carried = new WeakMap<object, readonly PendingWrite[]>();

  constructor(link: Link, faults?: Faults) {
    this.#link = link;
    this.#faults = faults;
    this.#applier = new Applier(link, faults);
  }

  /** Resolves when what this process applies and `concerns` says yes to has been applied or has failed. */
  settled(concerns: (write: PendingWrite) => boolean = () => true): Promise<void> {
    return this.#applying.settled((writes) => writes.some(concerns));
  }

  /** See `Store.create`. */
  async create(heads: AnyCollection, head: StoredHead, pending: readonly PendingWrite[]): Promise<boolean> {
    await this.#faults?.before("create", head._id);
    const made = await this.#link.write(heads.name, (collection, session) => {
      return collection.insertOne({ ...head, _pending: pending }, { session }).then(() => true, (error) => {
        if (isDuplicateId(error)) return false;
        throw error;
      });
    });
    if (made) await this.#apply(heads, head._id, head.rev, pending);
    return made;
  }

  /** See `Store.heads`. */
  async heads<H extends Head>(from: AnyCollection, ids: readonly string[]): Promise<H[]> {
    for (const id of ids) await this.#faults?.before("read", id);
    const found = await this.#link.read(from.name, (collection, session) => {
      return collection.find<StoredHead>({ _id: { $in: [...ids] } }, { session }).toArray();
    });
    return found.map((stored) => {
      const standing = this.#known.get(keyOf(from, stored._id));
      const applied = standing?.done && standing.rev === stored.rev;
      return this.#give<H>(stored, applied ? [] : stored._pending ?? []);
    });
  }

  /** See `Store.open`. */
  async open<H extends Head>(from: AnyCollection, id: string): Promise<H | undefined> {
    const stored = await this.#read(from, id);
    if (!stored) return undefined;
    const standing = this.#known.get(keyOf(from, id));
    const applied = standing?.rev === stored.rev && await succeeds(standing.applied);
    if (!applied) await this.#apply(from, id, stored.rev, stored._pending ?? []);
    this.#unapplied.delete(keyOf(from, id));
    return this.#give<H>(stored, []);
  }

  /** See `Store.commit`; the new `rev` stands in `set`. */
  async commit(
    heads: AnyCollection,
    id: string,
    ifRev: number,
    set: Fields & { readonly rev: number },
    pending: readonly PendingWrite[],
    settle: boolean,
  ): Promise<boolean> {
    if (!await this.#standsAt(heads, id, ifRev)) return false;
    await this.#faults?.before("cas", id);
    const advanced = await this.#link.write(heads.name, (collection, session) => {
      return collection.updateOne({ _id: id, rev: ifRev }, { $set: { ...set, _pending: pending } }, {
        session,
      });
    });
    if (advanced.matchedCount === 0) return false;
    const applying = this.#apply(heads, id, set.rev, pending);
    if (settle) await applying;
    return true;
  }

  /** What these heads carry for a collection. Throws `TypeError` for one that this store has not given. */
  carriedFor(collection: string, heads: readonly Head[]): PendingWrite[] {
    return heads.flatMap((head) => {
      const carried = this.#carried.get(head);
      if (!carried) throw new TypeError(`${head.id} is not a head as the store gave it`);
      return carried.filter((write) => write.into === collection);
    });
  }

  /** To be called when a head is deleted: another one of its id would start anew. */
  forget(heads: AnyCollection, id: string): void {
    this.#known.delete(keyOf(heads, id));
  }

  async #read(from: AnyCollection, id: string): Promise<StoredHead | undefined> {
    await this.#faults?.before("read", id);
    const found = await this.#link.read(from.name, (collection, session) => {
      return collection.findOne<StoredHead>({ _id: id }, { session });
    });
    return found ?? undefined;
  }

  /** Makes sure that everything up to `rev` is applied; `false` when the head has another `rev`. */
  async #standsAt(heads: AnyCollection, id: string, rev: number): Promise<boolean> {
    const standing = this.#known.get(keyOf(heads, id));
    if (standing?.rev === rev) await succeeds(standing.applied);
    if (this.#unapplied.has(keyOf(heads, id))) {
      throw new StoreUnavailable("an earlier commit is not applied yet: the head must be opened");
    }
    if (standing?.rev === rev) return true;
    const stored = await this.#read(heads, id);
    if (stored?.rev !== rev) return false;
    await this.#apply(heads, id, rev, stored._pending ?? []);
    return true;
  }

  /** Applies what the head carries at `rev`, which is durable, and remembers it. */
  #apply(heads: AnyCollection, id: string, rev: number, pending: readonly PendingWrite[]): Promise<void> {
    const key = keyOf(heads, id);
    const applied = this.#applying.add(this.#applier.apply(id, pending), pending);
    const standing: Standing = { rev, applied, done: false };
    this.#remember(key, standing);
    applied.then(() => standing.done = true, () => {
      this.#unapplied.add(key);
      if (this.#known.get(key) === standing) this.#known.delete(key);
    });
    return applied;
  }

  #remember(key: string, standing: Standing): void {
    const before = this.#known.get(key);
    if (!before || before.rev <= standing.rev) this.#known.set(key, standing);
  }

  #give<H extends Head>(stored: StoredHead, carried: readonly PendingWrite[]): H {
    const head = decodeRecord<H>(stored);
    this.#carried.set(head, carried);
    return head;
  }
}

function keyOf(heads: AnyCollection, id: string): string {
  return `${heads.name}/${id}`;
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(() => true, () => false);
}
