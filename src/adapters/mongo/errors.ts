import { MongoError, MongoServerError } from "mongodb";
import { StoreUnavailable, UniqueViolation } from "../../ports/store.ts";

const DUPLICATE_KEY = 11000;
const TYPE_MISMATCH = 14;

/** Answers of the server that a command can never be carried out: BadValue, FailedToParse, ConflictingUpdateOperators. */
const OUR_FAULT: ReadonlySet<unknown> = new Set([2, 9, 40]);

/**
 * What the port says of a failure of the driver; anything else stays as it is. Whatever is not certainly refused
 * counts as unknown: lost connections, timeouts, elections, and writes that no majority has confirmed in time.
 */
export function translate(error: unknown, collection: string): unknown {
  if (!(error instanceof MongoError)) return error;
  if (isDuplicateKey(error)) return new UniqueViolation(collection);
  if (error instanceof MongoServerError && !error.writeConcernError) {
    if (error.code === TYPE_MISMATCH) {
      return new TypeError("a field holds a value of another kind", { cause: error });
    }
    if (OUR_FAULT.has(error.code)) return error;
  }
  return new StoreUnavailable("MongoDB gave no certain answer", { cause: error });
}

/** Whether a second record with one key was refused. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** Whether the key was the id; by the text, since not every server names the key otherwise. */
export function isDuplicateId(error: unknown): boolean {
  return isDuplicateKey(error) && error instanceof Error && /index: (?:\S+\$)?_id_? /.test(error.message);
}
