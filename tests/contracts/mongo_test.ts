import { assert, assertEquals, assertRejects } from "@std/assert";
import { MongoClient } from "mongodb";
import { openMongoStore } from "../../src/adapters/store_mongo.ts";
import type { Faults, Step } from "../../src/adapters/store_mongo.ts";
import { collection, StoreUnavailable } from "../../src/ports/store.ts";
import type { Doc, Head, Store, Under } from "../../src/ports/store.ts";
import { openWire } from "../support/mongo/wire.ts";
import { mongoUri, openTestStore } from "../support/store.ts";

/** What is MongoDB's alone: commits whose writes are applied later, and the wire. Needs TEST_MONGODB_URI. */

interface Room extends Head {
  readonly title: string;
}

interface Line extends Under {
  readonly room: string;
  readonly seq: number;
  readonly text: string;
}

const rooms = collection<Room>({ name: "rooms" });
const lines = collection<Line>({ name: "lines", unique: [["room", "seq"]], indexes: [["room", "rev"]] });
const collections = [rooms, lines];

const ROOM: Room = { id: "r", rev: 1, title: "first" };

function line(seq: number, rev: number, text = `line ${seq}`): Line {
  return { id: `r-${seq}`, room: "r", seq, rev, text };
}

/** Commits these lines, new ones, on top of `ifRev`. */
function send(store: Store, ifRev: number, added: readonly Line[], settle = false): Promise<boolean> {
  const writes = added.map((insert) => ({ into: lines, insert }));
  const rev = Math.max(...added.map((one) => one.rev));
  return store.commit({ heads: rooms, id: "r", ifRev, set: { rev }, writes, settle });
}

/** Commits another text of a line. */
function edit(store: Store, ifRev: number, id: string, text: string): Promise<boolean> {
  const rev = ifRev + 1;
  const writes = [{ into: lines, id, patch: { rev, text } }];
  return store.commit({ heads: rooms, id: "r", ifRev, set: { rev }, writes });
}

/** The texts of all lines as a reader through the head sees them, who reads without writing. */
async function readTexts(store: Store): Promise<string[]> {
  const under = await store.heads(rooms, ["r"]);
  return (await store.find(lines, { where: { room: "r" }, order: [["seq", "asc"]] }, under)).map((one) =>
    one.text
  );
}

/** The texts of all lines as they stand in their records. */
async function storedTexts(store: Store): Promise<string[]> {
  return (await store.find(lines, { where: { room: "r" }, order: [["seq", "asc"]] })).map((one) => one.text);
}

/** Ends a process at the `nth` time that it comes to a step. */
function crashAt(step: Step, nth = 1): Faults {
  let seen = 0;
  return {
    before(at) {
      if (at === step && ++seen >= nth) throw new Error(`crash before ${step}`);
    },
  };
}

/** Holds a process up whenever it comes to a step, until released. */
function holdAt(step: Step): Faults & { release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { before: (at) => at === step ? promise : undefined, release: resolve };
}

interface Test {
  readonly store: Store;
  readonly uri: string;
  /** Opens the store as another process would. */
  open(faults?: Faults, uri?: string): Promise<Store>;
}

/** A test on a store of its own, with the room in it. */
function test(name: string, run: (test: Test) => Promise<void>): void {
  Deno.test(`mongodb: ${name}`, async () => {
    await using fresh = await openTestStore(collections, "mongodb");
    const { store, place } = fresh;
    assert(place.kind === "mongodb");
    const opened: Store[] = [];
    const open = async (faults?: Faults, uri = place.uri) => {
      const other = await openMongoStore({ uri, collections, faults });
      opened.push(other);
      return other;
    };
    await store.create(rooms, ROOM, []);
    try {
      await run({ store, uri: place.uri, open });
    } finally {
      for (const other of opened) await other.close();
    }
  });
}

function pendingCases(): void {
  test("readers see a commit whose writer crashed before applying it, and the next open() applies it", async (t) => {
    const writer = await t.open(crashAt("apply"));
    assert(await send(writer, 1, [line(1, 2), line(2, 3)]));
    assertEquals(await readTexts(t.store), ["line 1", "line 2"]);
    assertEquals(await storedTexts(t.store), []);
    assertEquals(await t.store.open(rooms, "r"), { ...ROOM, rev: 3 });
    assertEquals(await storedTexts(t.store), ["line 1", "line 2"]);
  });

  test("a commit that was cut short while it was applied is completed by the next writer", async (t) => {
    const writer = await t.open(crashAt("apply_one", 2));
    await send(writer, 1, [line(1, 2), line(2, 3), line(3, 4)]);
    await writer.close();
    assertEquals(await storedTexts(t.store), ["line 1"]);
    assertEquals(await readTexts(t.store), ["line 1", "line 2", "line 3"]);
    await t.store.open(rooms, "r");
    assertEquals(await storedTexts(t.store), ["line 1", "line 2", "line 3"]);
  });

  test("commit() by a process that has not opened the head applies what is pending first", async (t) => {
    const writer = await t.open(crashAt("apply"));
    await send(writer, 1, [line(1, 2)]);
    const other = await t.open();
    assert(await send(other, 2, [line(2, 3)], true));
    assertEquals(await storedTexts(t.store), ["line 1", "line 2"]);
  });

  test("a late applier never overwrites a newer state", async (t) => {
    await send(t.store, 1, [line(1, 2)], true);
    const hold = holdAt("apply");
    const late = await t.open(hold);
    const opening = late.open(rooms, "r");
    assert(await edit(t.store, 2, "r-1", "newer"));
    await t.store.open(rooms, "r");
    hold.release();
    await opening;
    assertEquals(await storedTexts(t.store), ["newer"]);
  });

  test("a late patch never overwrites a newer state", async (t) => {
    const insert = { ...line(1, 1), id: "p-1", room: "p" };
    await t.store.create(rooms, { ...ROOM, id: "p" }, [{ into: lines, insert }]);
    const set = (rev: number, text: string) => {
      return {
        heads: rooms,
        id: "p",
        ifRev: rev - 1,
        set: { rev },
        writes: [{ into: lines, id: "p-1", patch: { rev, text } }],
      };
    };
    let held = false;
    const hold = holdAt("apply");
    const late = await t.open({ before: (step, id) => held ? hold.before(step, id) : undefined });
    await late.open(rooms, "p");
    held = true;
    assert(await late.commit(set(2, "old")));
    await t.store.open(rooms, "p");
    assert(await t.store.commit(set(3, "new")));
    assertEquals((await t.store.get(lines, "p-1"))?.text, "new");
    hold.release();
    await late.close();
    assertEquals((await t.store.get(lines, "p-1"))?.text, "new");
  });

  test("of two committers on one rev one wins, and nothing of the other is seen", async (t) => {
    const other = await t.open();
    await Promise.all([t.store.open(rooms, "r"), other.open(rooms, "r")]);
    const won = await Promise.all([
      send(t.store, 1, [line(1, 2, "mine")], true),
      send(other, 1, [line(1, 2, "theirs")], true),
    ]);
    assertEquals(won.toSorted(), [false, true]);
    assertEquals(await storedTexts(t.store), [won[0] ? "mine" : "theirs"]);
  });

  test("create() that crashed before its records were made is completed by open()", async (t) => {
    const writer = await t.open(crashAt("apply"));
    const head = { ...ROOM, id: "n" };
    const insert = { ...line(1, 1), id: "n-1", room: "n" };
    await assertRejects(() => writer.create(rooms, head, [{ into: lines, insert }]));
    assertEquals(await t.store.create(rooms, head, []), false);
    assertEquals(await t.store.open(rooms, "n"), head);
    assertEquals(await t.store.get(lines, "n-1"), insert);
  });

  test("a process finds what it has committed, though it is still to be applied", async (t) => {
    const hold = holdAt("apply");
    const writer = await t.open(hold);
    await send(writer, 1, [line(1, 2)]);
    assertEquals(await storedTexts(t.store), []);
    const reads = Promise.all([
      storedTexts(writer),
      writer.get(lines, "r-1"),
      writer.count(lines, { room: "r" }),
    ]);
    hold.release();
    assertEquals(await reads, [["line 1"], line(1, 2), 1]);
  });

  test("a process that failed to apply its commit makes no other on top until it opens the head", async (t) => {
    let broken = true;
    const writer = await t.open({
      before(step) {
        if (broken && step === "apply_one") throw new Error("broken");
      },
    });
    await send(writer, 1, [line(1, 2)]);
    await assertRejects(() => send(writer, 2, [line(2, 3)]), StoreUnavailable);
    broken = false;
    await writer.open(rooms, "r");
    assert(await send(writer, 2, [line(2, 3)], true));
    assertEquals(await storedTexts(t.store), ["line 1", "line 2"]);
  });

  test("close() waits until what was committed is applied", async (t) => {
    const hold = holdAt("apply_one");
    const writer = await t.open(hold);
    await send(writer, 1, [line(1, 2)]);
    const closing = writer.close();
    hold.release();
    await closing;
    assertEquals(await storedTexts(t.store), ["line 1"]);
    await assertRejects(() => send(writer, 2, [line(2, 3)]), StoreUnavailable);
  });
}

function overlayCases(): void {
  /** Lines 1 to 4 stand in their records; the head carries a newer state of lines 1 and 3, and line 5. */
  async function carried(t: Test): Promise<{ head: Room; reader: Store }> {
    await send(t.store, 1, [line(1, 2), line(2, 3), line(3, 4), line(4, 5)], true);
    const writer = await t.open(crashAt("apply", 2));
    await writer.open(rooms, "r");
    const writes = [
      { into: lines, id: "r-1", patch: { rev: 6, text: "one" } },
      { into: lines, id: "r-3", patch: { rev: 7, text: "three" } },
      { into: lines, insert: line(5, 8) },
    ];
    assert(await writer.commit({ heads: rooms, id: "r", ifRev: 5, set: { rev: 8 }, writes }));
    const [head] = await t.store.heads(rooms, ["r"]);
    assert(head);
    assertEquals(head, { ...ROOM, rev: 8 });
    return { head, reader: t.store };
  }

  test("find() under a head finds a record by what the head carries, not by what is stored", async (t) => {
    const { head, reader } = await carried(t);
    const find = async (rev: { gt?: number; lte?: number }) => {
      const found = await reader.find(lines, { where: { room: "r", rev }, order: [["rev", "asc"]] }, [head]);
      return found.map((one) => one.seq);
    };
    assertEquals(await find({ gt: 5 }), [1, 3, 5]);
    assertEquals(await find({ lte: 5 }), [2, 4]);
  });

  test("find() under a head keeps order and limit, in both directions", async (t) => {
    const { head, reader } = await carried(t);
    const find = async (way: "asc" | "desc", limit: number) => {
      const found = await reader.find(lines, { where: { room: "r" }, order: [["rev", way]], limit }, [head]);
      return found.map((one) => one.seq);
    };
    assertEquals(await find("asc", 3), [2, 4, 1]);
    assertEquals(await find("desc", 4), [5, 3, 1, 4]);
    assertEquals(await find("asc", 0), []);
  });

  test("find() under a head leaves records as they are that have become newer", async (t) => {
    const { head, reader } = await carried(t);
    const writer = await t.open();
    await writer.open(rooms, "r");
    await edit(writer, 8, "r-1", "newest");
    await writer.close();
    const found = await reader.find(lines, { where: { id: "r-1" } }, [head]);
    assertEquals(found, [line(1, 9, "newest")]);
  });

  test("find() under a head does not bring back what was deleted but for what the head inserts", async (t) => {
    const { head, reader } = await carried(t);
    await reader.delete(lines, "r-1");
    const found = await reader.find(lines, { where: { room: "r" }, order: [["seq", "asc"]] }, [head]);
    assertEquals(found.map((one) => one.seq), [2, 3, 4, 5]);
  });

  test("find() refuses a head that is not as the store gave it", async (t) => {
    const { head, reader } = await carried(t);
    await assertRejects(() => reader.find(lines, {}, [{ ...head }]), TypeError);
  });
}

function wireCases(): void {
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
}

function indexCases(): void {
  async function indexes(uri: string): Promise<string[]> {
    await using client = await MongoClient.connect(uri);
    const found = await client.db().collection("lines").listIndexes().toArray();
    return found.map(({ name, key, unique }) => `${name} ${JSON.stringify(key)}${unique ? " unique" : ""}`)
      .toSorted();
  }

  test("declared indexes are made at start and dropped when they no longer are declared; others stay", async (t) => {
    const own = '_id_ {"_id":1}';
    const key = 'parley_key_room_seq {"room":1,"seq":1} unique';
    assertEquals(await indexes(t.uri), [own, 'parley_index_room_rev {"room":1,"rev":1}', key].toSorted());
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
}

if (mongoUri !== undefined) {
  pendingCases();
  overlayCases();
  wireCases();
  indexCases();
}
