import type { Doc } from "../../ports/store.ts";
import { decodeRecord, storedField } from "./codec.ts";
import type { Stored } from "./codec.ts";
import { matches, sorted } from "./compare.ts";
import type { PendingWrite } from "./pending.ts";
import type { AnyQuery } from "./query.ts";

/**
 * Lays what heads carry over the records it is for.
 *
 * `stored` holds, of the records that `pending` names, all that exist, whether or not they match the query: a write
 * may bring a record into the answer, or take it out. A record that is already as new stays as it is. A patch whose
 * record is absent is left out, since whatever had made the record was applied before: it has been deleted.
 */
export function layOver<T extends Doc>(stored: readonly Stored[], pending: readonly PendingWrite[]): T[] {
  const byId = new Map(stored.map((record) => [record._id, record]));
  return pending.flatMap((write) => {
    const present = byId.get(write.id);
    if (!present) return write.insert ? [decodeRecord<T>({ ...write.set, _id: write.id })] : [];
    const older = !write.insert && Number(present.rev) < write.set.rev;
    return [decodeRecord<T>(older ? { ...present, ...write.set } : present)];
  });
}

/**
 * The answer to a query, from the first `limit` matches among the records that nothing is laid over, in order, and
 * all of those that something was. No record is in both, so none is lost to the limit and none is doubled.
 */
export function mergeMatches<T extends Doc>(others: readonly T[], laid: readonly T[], query: AnyQuery): T[] {
  const found = [...others, ...laid.filter((record) => matches(record, query.where))];
  return sorted(found, query.order).slice(0, query.limit);
}

/**
 * Tells of writes to a collection whether one that is yet to be applied may change the answer to a query. It does not
 * where it is to another record than the ids asked for; nor where it inserts a record that does not match, since of a
 * record that is there already an insert changes nothing.
 */
export function mayChange(collection: string, where: object = {}): (write: PendingWrite) => boolean {
  const conditions = Object.fromEntries(
    Object.entries(where).map(([field, condition]) => [storedField(field), condition]),
  );
  const ofId = "_id" in conditions ? { _id: conditions["_id"] } : {};
  return ({ into, id, insert, set }) =>
    into === collection && matches({ _id: id }, ofId) &&
    (!insert || matches({ ...set, _id: id }, conditions));
}
