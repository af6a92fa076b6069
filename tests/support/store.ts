import { newId } from "../../src/kernel/ids.ts";
import { openSqliteStore } from "../../src/adapters/store_sqlite.ts";
import type { AnyCollection, Store } from "../../src/ports/store.ts";

/** Where a store keeps its data: a file, or a database of a MongoDB server. */
export type StorePlace =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "mongodb"; readonly uri: string };

/** A store of a test's own. Disposing closes it and removes the data. */
export interface TestStore extends AsyncDisposable {
  /** The store as last opened. */
  readonly store: Store;
  readonly place: StorePlace;
  /** Closes the store and opens it again, also with other declarations. */
  reopen(collections?: readonly AnyCollection[]): Promise<Store>;
}

/** The server that tests may use, when they are to run on MongoDB. */
export const mongoUri: string | undefined = Deno.env.get("TEST_MONGODB_URI") || undefined;

/** A fresh, empty store: on MongoDB when `TEST_MONGODB_URI` names a server, else on SQLite. */
export async function openTestStore(
  collections: readonly AnyCollection[],
  kind: StorePlace["kind"] = mongoUri ? "mongodb" : "sqlite",
): Promise<TestStore> {
  const place = await freshPlace(kind);
  let store = await openStore(place, collections);
  return {
    get store() {
      return store;
    },
    place,
    async reopen(others = collections) {
      await store.close();
      return store = await openStore(place, others);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await removePlace(place);
    },
  };
}

/** Opens the store at a place, as another process would. */
export async function openStore(place: StorePlace, collections: readonly AnyCollection[]): Promise<Store> {
  if (place.kind === "sqlite") return await openSqliteStore({ path: place.path, collections });
  const { openMongoStore } = await import("../../src/adapters/store_mongo.ts");
  return await openMongoStore({ uri: place.uri, collections });
}

async function freshPlace(kind: StorePlace["kind"]): Promise<StorePlace> {
  if (kind === "sqlite") return { kind, path: `${await Deno.makeTempDir({ prefix: "parley-" })}/parley.db` };
  const match = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*(\?.*)?$/.exec(mongoUri ?? "");
  if (!match) throw new Error("TEST_MONGODB_URI does not name a MongoDB server");
  return { kind, uri: `${match[1]}/parley_${newId().toLowerCase()}${match[2] ?? ""}` };
}

async function removePlace(place: StorePlace): Promise<void> {
  if (place.kind === "sqlite") {
    return await Deno.remove(place.path.replace(/\/[^/]*$/, ""), { recursive: true });
  }
  const { MongoClient } = await import("mongodb");
  await using client = await MongoClient.connect(place.uri);
  await client.db().dropDatabase();
}
