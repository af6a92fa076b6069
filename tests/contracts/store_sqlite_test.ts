import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { NewerSchema, openSqliteStore } from "../../src/adapters/store_sqlite.ts";
import { collection, StoreUnavailable, UniqueViolation } from "../../src/ports/store.ts";
import type { AnyCollection } from "../../src/ports/store.ts";
import { item, items, rooms, samples, stock } from "./store_samples.ts";
import type { Item } from "./store_samples.ts";

/** A folder of a test's own, removed at its end. */
async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "parley-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Runs SQL on a file that no store has open. */
function onFile<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Stores items in a new file and closes it. */
async function prepared(path: string, collections: readonly AnyCollection[], made: readonly Partial<Item>[]) {
  const store = await openSqliteStore({ path, collections });
  const records = await stock(store, made);
  await store.close();
  return records;
}

Deno.test("openSqliteStore() makes the file and its folder for their owner alone", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/data/deep/parley.db`;
  const store = await openSqliteStore({ path, collections: samples });
  await store.insert(items, item());
  const modes = ["", "-wal", "-shm"].map((end) => (Deno.statSync(path + end).mode ?? 0) & 0o777);
  await store.close();
  assertEquals(modes, [0o600, 0o600, 0o600]);
  assertEquals((Deno.statSync(`${folder.path}/data/deep`).mode ?? 0) & 0o777, 0o700);
  assertEquals((Deno.statSync(`${folder.path}/data`).mode ?? 0) & 0o777, 0o700);
});

/** Writes to a file that has no write-ahead log yet, in a transaction of 300 ms. */
const SLOW_WRITER = `
  import { DatabaseSync } from "node:sqlite";
  onmessage = ({ data }) => {
    const db = new DatabaseSync(data);
    db.exec("BEGIN IMMEDIATE; CREATE TABLE other (id)");
    postMessage("begun");
    setTimeout(() => {
      db.exec("COMMIT");
      db.close();
      postMessage("done");
    }, 300);
  };
`;

Deno.test("openSqliteStore() waits for another process that writes to the file as it begins", async () => {
  await using folder = await tempFolder();
  for (const [busyTimeoutMs, opens] of [[20_000, true], [50, false]] as const) {
    const path = `${folder.path}/${busyTimeoutMs}.db`;
    const writer = new Worker(`data:text/javascript,${encodeURIComponent(SLOW_WRITER)}`, { type: "module" });
    const told = () => new Promise((resolve) => writer.addEventListener("message", resolve, { once: true }));
    const begun = told();
    writer.postMessage(path);
    await begun;
    const done = told();
    const store = await openSqliteStore({ path, collections: samples, busyTimeoutMs }).catch(() => undefined);
    assertEquals(store !== undefined, opens);
    await done;
    await store?.close();
    writer.terminate();
  }
});

Deno.test("openSqliteStore() refuses a file of a later version by name, and leaves it as it is", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  await prepared(path, [items], [{}]);
  const ours = onFile(path, (db) => {
    const row = db.prepare("PRAGMA user_version").get();
    db.exec("PRAGMA user_version = 999");
    return row?.user_version;
  });
  const error = await assertRejects(() => openSqliteStore({ path, collections: samples }), NewerSchema);
  for (const word of [path, "999", `up to ${ours}`]) assertStringIncludes(error.message, word);
  const tables = onFile(
    path,
    (db) => db.prepare("SELECT name FROM sqlite_schema WHERE name = 'rooms'").all(),
  );
  assertEquals(tables, []);
});

Deno.test("openSqliteStore() refuses a file that is no database", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  await Deno.writeTextFile(path, "not a database, but text that is long enough to be looked at".repeat(20));
  await assertRejects(() => openSqliteStore({ path, collections: samples }), Error, "not a database");
});

Deno.test("openSqliteStore() fills in the columns of fields that are declared later, and finds by them", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const plain = collection<Item>({ name: "items" });
  const made = await prepared(path, [plain], [{ tag: "a\0b", flag: true, size: 2.5 }, {
    tag: null,
    flag: false,
  }]);
  const store = await openSqliteStore({ path, collections: [items] });
  assertEquals(await store.find(items, { where: { tag: "a\0b", flag: true, size: 2.5 } }), [made[0]]);
  assertEquals(await store.find(items, { where: { tag: null, flag: false } }), [made[1]]);
  await assertRejects(() => store.insert(items, item({ place: made[0]?.place })), UniqueViolation);
  await store.close();
});

Deno.test("openSqliteStore() drops the indexes and keys that are no longer declared, and makes them again", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const plain = collection<Item>({ name: "items", indexes: [["tag"]] });
  const [first] = await prepared(path, [items], [{}]);
  const [second] = await prepared(path, [plain], [{ tag: "t" }]);
  const declared = onFile(path, (db) => {
    return db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all();
  });
  assertEquals(declared.map(({ name }) => name), ["items.index.tag"]);
  const store = await openSqliteStore({ path, collections: [items] });
  assertEquals(
    await store.find(items, { where: { place: { in: [first?.place ?? 0, second?.place ?? 0] } } }),
    [
      first,
      second,
    ],
  );
  await store.close();
});

Deno.test("openSqliteStore() refuses a key that the stored records break, and changes nothing", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const plain = collection<Item>({ name: "items", indexes: [["tag"]] });
  const made = await prepared(path, [plain], [{ place: 1, tag: "a" }, { place: 1, tag: "b" }]);
  await assertRejects(() => openSqliteStore({ path, collections: [items] }), UniqueViolation);
  const store = await openSqliteStore({ path, collections: [plain] });
  assertEquals(await store.find(plain, { order: [["tag", "asc"]] }), made);
  await store.close();
});

Deno.test("openSqliteStore() refuses names that cannot be a table or a column", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const wrong: AnyCollection[] = [{ name: 'a"b' }, { name: "_meta" }, { name: "a", indexes: [["doc"]] }];
  for (const declared of wrong) {
    await assertRejects(() => openSqliteStore({ path, collections: [declared] }), TypeError);
  }
});

Deno.test("openSqliteStore() refuses a collection of more declared fields than it can tell apart", async () => {
  await using folder = await tempFolder();
  const fields = Array.from({ length: 32 }, (_, i) => `field${i}`);
  const open = (name: string, count: number) =>
    openSqliteStore({
      path: `${folder.path}/${name}.db`,
      collections: [{ name: "wide", indexes: [fields.slice(0, count)] }],
    });
  await (await open("enough", 31)).close();
  await assertRejects(() => open("more", 32), TypeError, "too many fields");
});

Deno.test("a collection that was not given at the opening is refused", async () => {
  await using folder = await tempFolder();
  const store = await openSqliteStore({ path: `${folder.path}/parley.db`, collections: [rooms] });
  await assertRejects(() => store.insert(items, item()), TypeError);
  await assertRejects(() => store.find(items, {}), TypeError);
  await store.close();
});

Deno.test("commit() that fails half-way leaves nothing, and those of the same turn take effect", async () => {
  await using folder = await tempFolder();
  const store = await openSqliteStore({ path: `${folder.path}/parley.db`, collections: samples });
  const [taken] = await stock(store, [{}]);
  const heads = ["one", "two", "three"].map((id) => ({ id, rev: 1, seq: 0, title: id }));
  const results = await Promise.allSettled(heads.map((head) => {
    const last = item(head.id === "two" && taken ? { place: taken.place } : {});
    const born = [item({ id: `${head.id}-1` }), last];
    return store.create(rooms, head, born.map((record) => ({ into: items, insert: { ...record, rev: 1 } })));
  }));
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals((await store.heads(rooms, ["one", "two", "three"])).map(({ id }) => id).toSorted(), [
    "one",
    "three",
  ]);
  await store.close();
});

Deno.test("a log that grows gets its full length at once, whoever writes, and a crash finds everything in it", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const stores = [await openSqliteStore({ path, collections: [items] })];
  stores.push(await openSqliteStore({ path, collections: [items] }));
  const made: Item[] = [];
  const write = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const record = item({ body: `${made.length}`.padEnd(40_000, "~") });
      await stores[i % 2]?.insert(items, record);
      made.push(record);
    }
    return Deno.statSync(`${path}-wal`).size;
  };
  const short = await write(10);
  const full = await write(20);
  assert(short < 2 ** 20 && full > 2 ** 24, `${short} bytes, then ${full}`);
  assertEquals(await write(100), full);
  const copy = `${folder.path}/copy.db`;
  for (const end of ["", "-wal"]) await Deno.copyFile(path + end, copy + end);
  await Promise.all(stores.map((store) => store.close()));
  for (const left of [path, copy]) {
    const store = await openSqliteStore({ path: left, collections: [items] });
    assertEquals(await store.find(items, { order: [["place", "asc"]] }), made);
    await store.close();
  }
});

Deno.test("texts go by code point, where that is not the order of their code units", async () => {
  await using folder = await tempFolder();
  const store = await openSqliteStore({ path: `${folder.path}/parley.db`, collections: samples });
  const [first] = await stock(store, [{ tag: "\uffff" }, { tag: "😀" }]);
  const found = await store.find(items, { order: [["tag", "asc"]] });
  assertEquals(found.map(({ tag }) => tag), ["\uffff", "😀"]);
  const raised = await store.patch(items, first?.id ?? "", { raise: { tag: "😀" } });
  assertEquals(raised?.tag, "😀");
  await store.close();
});

Deno.test("writes are refused as uncertain while another process holds the file, and work again afterwards", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const store = await openSqliteStore({ path, collections: samples, busyTimeoutMs: 20 });
  const [first, second] = [item(), item()];
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const results = await Promise.allSettled([store.insert(items, first), store.insert(items, second)]);
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  await assertRejects(() => store.insert(items, first), StoreUnavailable);
  assertEquals(await store.find(items, {}), []);
  other.exec("ROLLBACK");
  other.close();
  await store.insert(items, first);
  assertEquals(await store.find(items, {}), [first]);
  await store.close();
});

Deno.test("the loop goes on while another process writes, and what waits is then written together", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const store = await openSqliteStore({ path, collections: samples });
  const [first, second] = [item(), item()];
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  let written = 0;
  const write = async (one: Item) => {
    await store.insert(items, one);
    written++;
  };
  const writes = [write(first)];
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
  writes.push(write(second));
  assertEquals([written, await store.find(items, {})], [0, []]);
  other.exec("COMMIT");
  other.close();
  await Promise.all(writes);
  assertEquals(await store.count(items, {}), 2);
  await store.close();
});

Deno.test("writes of a turn are all refused as uncertain when SQLite itself fails one of them", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/parley.db`;
  const store = await openSqliteStore({ path, collections: samples });
  onFile(path, (db) => db.exec("DROP TABLE rooms"));
  const head = { id: "r", rev: 1, seq: 0, title: "r" };
  const results = await Promise.allSettled([
    store.insert(items, item()),
    store.create(rooms, head, []),
    store.insert(items, item()),
  ]);
  for (const result of results) {
    assertEquals(result.status, "rejected");
    if (result.status === "rejected") assertInstanceOf(result.reason, StoreUnavailable);
  }
  await assertRejects(() => store.heads(rooms, ["r"]), StoreUnavailable);
  assertEquals(await store.count(items, {}), 0);
  await store.close();
});
