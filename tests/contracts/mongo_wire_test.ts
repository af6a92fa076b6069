import { assert, assertEquals, assertRejects } from "@std/assert";
import { MongoClient } from "mongodb";
import { openMongoStore } from "../../src/adapters/store_mongo.ts";
import { collection, StoreUnavailable } from "../../src/ports/store.ts";
import type { Doc } from "../../src/ports/store.ts";
import { openWire } from "../support/mongo/wire.ts";
import { edit, line, lines, readTexts, rooms, send, storedTexts, test } from "./mongo_rooms.ts";
import type { Line } from "./mongo_rooms.ts";

test("a commit whose answer is lost is found by looking again", async (t) => {
  await using wire = openWire(t.uri);
  const writer = await t.open(undefined, wire.uri);
  await writer.open(rooms, "r");
  wire.loses = (command) => command.update === "rooms";
  await assertRejects(() => send(writer, 1, [line(1, 2)]), StoreUnavailable);
  wire.loses = undefined;
  assertEquals((await writer.open(rooms, "r"))?.rev, 2);
  assertEquals(await send(writer, 1, [line(1, 2, "again")]), false);
  assertEquals(await storedTexts(writer), ["line 1"]);
  await writer.close();
});

test("a server that stops answering makes every operation fail, none hang", async (t) => {
  await using wire = openWire(t.uri);
  const store = await t.open(undefined, `${wire.uri}?socketTimeoutMS=200&serverSelectionTimeoutMS=200`);
  await store.open(rooms, "r");
  wire.stalls = (command) => !("hello" in command || "ismaster" in command);
  await assertRejects(() => store.get(lines, "r-1"), StoreUnavailable);
  await assertRejects(() => store.patch(lines, "r-1", { set: { text: "x" } }), StoreUnavailable);
  await assertRejects(() => store.insert(lines, line(9, 9)), StoreUnavailable);
  await assertRejects(() => send(store, 1, [line(1, 2)]), StoreUnavailable);
  await assertRejects(() => store.ping(), StoreUnavailable);
  wire.stalls = undefined;
  await store.close();
});

test("every write waits for a majority and every read asks for one, whatever the URI says", async (t) => {
  await using wire = openWire(t.uri);
  const store = await t.open(
    undefined,
    `${wire.uri}?w=1&readConcernLevel=local&readPreference=secondaryPreferred`,
  );
  await store.open(rooms, "r");
  await send(store, 1, [line(1, 2)], true);
  await edit(store, 2, "r-1", "edited");
  await readTexts(store);
  await store.patch(lines, "r-1", { set: { text: "patched" } });
  await store.count(lines, {});
  await store.delete(lines, "r-1");
  await store.deleteMany(lines, { room: "r" }, 5);
  await store.close();
  const concern = (name: string) =>
    wire.commands.filter((command) => "$db" in command && name in command).map((command) => ({
      write: (command.writeConcern as Doc & { w?: unknown; j?: unknown } | undefined)?.w,
      read: (command.readConcern as Doc & { level?: unknown } | undefined)?.level,
    }));
  const writes = ["insert", "update", "delete", "findAndModify"].flatMap(concern);
  const reads = ["find", "aggregate"].flatMap(concern);
  assert(writes.length >= 6 && reads.length >= 5);
  assert(writes.every(({ write }) => write === "majority"));
  assert(reads.every(({ read }) => read === "majority"));
});

async function indexes(uri: string): Promise<string[]> {
  await using client = await MongoClient.connect(uri);
  const found = await client.db().collection("lines").listIndexes().toArray();
  return found.map(({ name, key, unique }) => `${name} ${JSON.stringify(key)}${unique ? " unique" : ""}`)
    .toSorted();
}

test("declared indexes are made at start and dropped when they no longer are declared; others stay", async (t) => {
  const own = '_id_ {"_id":1}';
  const key = 'parley_key_room_seq {"room":1,"seq":1} unique';
  const plain = ["rev", "text"].map((field) => `parley_index_room_${field} {"room":1,"${field}":1}`);
  assertEquals(await indexes(t.uri), [own, ...plain, key].toSorted());
  {
    await using client = await MongoClient.connect(t.uri);
    await client.db().collection("lines").createIndex({ text: 1 }, { name: "by_hand" });
  }
  const changed = collection<Line>({ name: "lines", unique: [["room", "seq"]], indexes: [["text", "id"]] });
  await (await openMongoStore({ uri: t.uri, collections: [changed] })).close();
  const expected = [own, 'by_hand {"text":1}', 'parley_index_text_id {"text":1,"_id":1}', key];
  assertEquals(await indexes(t.uri), expected.toSorted());
});

test("processes that start at once agree on the epoch", async (t) => {
  const uri = `${t.uri}_new`;
  const stores = await Promise.all([1, 2, 3, 4].map(() => t.open(undefined, uri)));
  assertEquals(new Set(stores.map((store) => store.epoch)).size, 1);
  const [store] = stores;
  const epoch = await store?.renewEpoch();
  assertEquals((await t.open(undefined, uri)).epoch, epoch);
  await using client = await MongoClient.connect(uri);
  await client.db().dropDatabase();
});
