import type { AnyCollection, Write } from "../../ports/store.ts";
import { COMMIT_BYTES, COMMIT_WRITES } from "../../ports/store.ts";
import { encodeFields, text } from "./codec.ts";
import type { Fields } from "./codec.ts";
import type { Declaration } from "./declaration.ts";

/** A write as it rides in a head until it is applied: its values are final, so applying it twice is applying it once. */
export interface PendingWrite {
  readonly into: string;
  readonly id: string;
  /** Inserts if the record is absent, else patches if its `rev` is lower. */
  readonly insert: boolean;
  /** Stored fields, `rev` among them, without the id. */
  readonly set: Fields & { readonly rev: number };
}

/**
 * The writes of a commit, one a record: in which order they are applied then makes no difference. Throws
 * `TypeError` for what cannot be kept, and for more than a commit may carry.
 */
export function packWrites(
  declarationOf: (into: AnyCollection) => Declaration,
  writes: readonly Write[],
): PendingWrite[] {
  if (writes.length > COMMIT_WRITES) throw new TypeError(`a commit has at most ${COMMIT_WRITES} writes`);
  const packed = new Map<string, PendingWrite>();
  for (const write of writes) {
    const next = packWrite(declarationOf(write.into), write);
    if (!Number.isSafeInteger(next.set.rev)) throw new TypeError("a write needs a rev");
    const key = `${next.into}/${next.id}`;
    const earlier = packed.get(key);
    packed.set(key, earlier ? joined(earlier, next) : next);
  }
  if (bytesExceed(writes, COMMIT_BYTES)) throw new TypeError(`a commit has at most ${COMMIT_BYTES} bytes`);
  return [...packed.values()];
}

function packWrite(declared: Declaration, write: Write): PendingWrite {
  const into = declared.name;
  if ("insert" in write) {
    const { _id: id, ...fields } = declared.record(write.insert);
    return { into, id, insert: true, set: { ...fields, rev: write.insert.rev } };
  }
  if ("id" in write.patch) throw new TypeError("the id of a record never changes");
  refuseUndefined(write.patch);
  declared.check(write.patch);
  return {
    into,
    id: text(write.id),
    insert: false,
    set: { ...encodeFields(write.patch), rev: write.patch.rev },
  };
}

/** What two writes to one record come to, the one after the other. */
function joined(one: PendingWrite, next: PendingWrite): PendingWrite {
  if (next.insert && !one.insert) throw new TypeError("a commit patches a record before it inserts it");
  if (next.insert || next.set.rev <= one.set.rev) return one;
  return { ...one, set: { ...one.set, ...next.set } };
}

/** Throws `TypeError` when a field is set to `undefined`. */
export function refuseUndefined(fields: object): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) throw new TypeError(`${field} is undefined`);
  }
}

function bytesExceed(writes: readonly Write[], limit: number): boolean {
  const texts = writes.map((write) => JSON.stringify("insert" in write ? write.insert : write.patch));
  const length = texts.reduce((sum, json) => sum + json.length, 0);
  if (length * 3 <= limit) return false; // no code unit takes more than three bytes
  const encoder = new TextEncoder();
  return texts.reduce((sum, json) => sum + encoder.encode(json).length, 0) > limit;
}
