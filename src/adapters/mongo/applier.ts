import type { AnyBulkWriteOperation } from "mongodb";
import type { Stored } from "./codec.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Faults } from "./faults.ts";
import type { Link } from "./link.ts";
import type { PendingWrite } from "./pending.ts";

/**
 * Brings what a head carries to the records: an insert if the record is absent, a patch if its `rev` is lower.
 *
 * Anyone may do so, any number of times, at any later time and stop anywhere. Each write is one atomic operation on
 * one record and bears the `rev` of its commit; a record's `rev` never falls, so a write that comes late finds the
 * record there, or its `rev` not lower, and changes nothing.
 */
export class Applier {
  readonly #link: Link;
  readonly #faults: Faults | undefined;

  constructor(link: Link, faults?: Faults) {
    this.#link = link;
    this.#faults = faults;
  }

  /**
   * Resolves when a majority has all of it, also that which others had applied: a write that changes nothing is
   * confirmed only with everything before it. Throws `StoreUnavailable`, `UniqueViolation`.
   */
  async apply(headId: string, writes: readonly PendingWrite[]): Promise<void> {
    if (writes.length === 0) return;
    await this.#faults?.before("apply", headId);
    if (this.#faults) return await this.#applySingly(headId, writes);
    const groups = Map.groupBy(writes, (write) => write.into);
    await Promise.all([...groups].map(([into, group]) => this.#bulk(into, group.map(operation))));
  }

  /** In steps, so that a fault may cut a batch short. */
  async #applySingly(headId: string, writes: readonly PendingWrite[]): Promise<void> {
    for (const write of writes) {
      await this.#faults?.before("apply_one", headId);
      await this.#bulk(write.into, [operation(write)]);
    }
  }

  /** Of two that insert one record at once the loser is told of a duplicate; it then finds the record. */
  async #bulk(into: string, operations: AnyBulkWriteOperation<Stored>[]): Promise<void> {
    await this.#link.write(into, async (collection, session) => {
      const run = () => collection.bulkWrite(operations, { ordered: false, session });
      await run().catch((error) => {
        if (!isDuplicateKey(error)) throw error;
        return run();
      });
    });
  }
}

function operation({ id, insert, set }: PendingWrite): AnyBulkWriteOperation<Stored> {
  return insert
    ? { updateOne: { filter: { _id: id }, update: { $setOnInsert: set }, upsert: true } }
    : { updateOne: { filter: { _id: id, rev: { $lt: set.rev } }, update: { $set: set } } };
}
