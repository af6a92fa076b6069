import type { AnyCollection, Head, Under, Write } from "../../ports/store.ts";
import { COMMIT_BYTES, COMMIT_WRITES } from "../../ports/store.ts";
import { encode, merged, text } from "./records.ts";
import type { Row, Table } from "./table.ts";

/** A write of a commit, checked and made ready. */
type Step =
  | { readonly table: Table; readonly row: Row }
  | { readonly table: Table; readonly id: string; readonly patch: { readonly rev: number } };

/** Checks the writes of a commit before any of them waits for its turn. Throws `TypeError`. */
export function prepareWrites(tableOf: (into: AnyCollection) => Table, writes: readonly Write[]): Step[] {
  if (writes.length > COMMIT_WRITES) throw new TypeError(`a commit has at most ${COMMIT_WRITES} writes`);
  const texts: string[] = [];
  const steps = writes.map((write): Step => {
    const table = tableOf(write.into);
    if ("insert" in write) {
      const row = table.row(write.insert);
      texts.push(row.doc);
      return { table, row };
    }
    texts.push(encode(write.patch));
    return { table, id: text(write.id), patch: write.patch };
  });
  if (bytesExceed(texts, COMMIT_BYTES)) throw new TypeError(`a commit has at most ${COMMIT_BYTES} bytes`);
  return steps;
}

/** Runs inside a transaction: inserts what is absent and patches what has a lower `rev`. Throws `UniqueViolation`. */
export function applySteps(steps: readonly Step[]): void {
  for (const step of steps) {
    if ("row" in step) step.table.insertIfAbsent(step.row);
    else applyPatch(step.table, step.id, step.patch);
  }
}

function applyPatch(table: Table, id: string, patch: { readonly rev: number }): void {
  const before = table.get<Under>(id);
  if (before && before.rev < patch.rev) table.replace(before, merged(before, patch));
}

/** Compare-and-set on a head, inside a transaction. Answers `false` and changes nothing when its `rev` is another. */
export function advanceHead(table: Table, id: string, ifRev: number, set: object): boolean {
  const before = table.get<Head>(id);
  if (before?.rev !== ifRev) return false;
  table.replace(before, merged(before, set));
  return true;
}

/** A head only ever goes forward. Throws `TypeError`. */
export function checkRevs(ifRev: number, rev: number): void {
  if (!Number.isSafeInteger(rev) || rev <= ifRev) throw new TypeError("a commit raises the head's rev");
}

function bytesExceed(texts: readonly string[], limit: number): boolean {
  const length = texts.reduce((sum, json) => sum + json.length, 0);
  if (length * 3 <= limit) return false; // no code unit takes more than three bytes
  const encoder = new TextEncoder();
  return texts.reduce((sum, json) => sum + encoder.encode(json).length, 0) > limit;
}
