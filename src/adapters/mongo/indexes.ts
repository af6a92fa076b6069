import { MongoServerError } from "mongodb";
import type { Collection, IndexDescription } from "mongodb";
import type { AnyCollection } from "../../ports/store.ts";
import { storedField } from "./codec.ts";
import type { Stored } from "./codec.ts";
import type { Link } from "./link.ts";

/** Marks the indexes that are ours to drop. */
const PREFIX = "parley_";
const NAMESPACE_NOT_FOUND = 26;
const INDEX_NOT_FOUND = 27;

/**
 * Makes the declared indexes and drops those that no longer are; any number of processes may do so at once. Throws
 * `UniqueViolation` when records break a key that is newly declared.
 */
export async function prepareIndexes(link: Link, declared: AnyCollection): Promise<void> {
  const wanted = indexesOf(declared);
  await link.write(declared.name, async (collection) => {
    const present = await indexNames(collection);
    const stale = present.filter((name) =>
      name.startsWith(PREFIX) && !wanted.some((index) => index.name === name)
    );
    for (const name of stale) await dropIndex(collection, name);
    if (wanted.some(({ name = "" }) => !present.includes(name))) await collection.createIndexes(wanted);
  });
}

/** The indexes of a collection; the name tells all of an index, so one that differs has another. */
function indexesOf({ unique = [], indexes = [], expires }: AnyCollection): IndexDescription[] {
  const plain = expires === undefined ? indexes : [...indexes, [expires]];
  return [
    ...unique.map((fields) => ({ ...describe("key", fields), unique: true })),
    ...plain.map((fields) => describe("index", fields)),
  ];
}

function describe(kind: string, fields: readonly string[]): IndexDescription {
  const key = Object.fromEntries(fields.map((field) => [storedField(field), 1 as const]));
  return { name: `${PREFIX}${kind}_${fields.join("_")}`, key };
}

async function indexNames(collection: Collection<Stored>): Promise<string[]> {
  try {
    return (await collection.listIndexes().toArray()).map((index) => String(index.name));
  } catch (error) {
    if (hasCode(error, NAMESPACE_NOT_FOUND)) return [];
    throw error;
  }
}

async function dropIndex(collection: Collection<Stored>, name: string): Promise<void> {
  try {
    await collection.dropIndex(name);
  } catch (error) {
    if (!hasCode(error, INDEX_NOT_FOUND)) throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof MongoServerError && error.code === code;
}
