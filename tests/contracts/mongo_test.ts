import { assert, assertEquals, assertRejects } from "@std/assert";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Store } from "../../src/ports/store.ts";
import {
  crashAt,
  edit,
  holdAt,
  line,
  lines,
  readTexts,
  ROOM,
  rooms,
  send,
  storedTexts,
  test,
} from "./mongo_rooms.ts";
import type { Test } from "./mongo_rooms.ts";

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

/** Line 1 of room `r`, and a process that commits over it and applies nothing before it is released. */
async function holding(t: Test): Promise<{ readonly writer: Store; release(): void }> {
  await send(t.store, 1, [line(1, 2)], true);
  const insert = { ...line(1, 1), id: "o-1", room: "o" };
  await t.store.create(rooms, { ...ROOM, id: "o" }, [{ into: lines, insert }]);
  const hold = holdAt("apply");
  let held = false;
  const writer = await t.open({ before: (step, id) => held ? hold.before(step, id) : undefined });
  await writer.open(rooms, "r");
  held = true;
  return { writer, release: hold.release };
}

test("a process that has yet to apply an insert waits for it where it may be asked for, and nowhere else", async (t) => {
  const { writer, release } = await holding(t);
  await send(writer, 2, [line(2, 3)]);
  assertEquals((await writer.get(lines, "r-1"))?.text, "line 1");
  assertEquals((await writer.find(lines, { where: { room: "o" } })).length, 1);
  assertEquals(await writer.count(lines, { room: "r", rev: { lt: 3 } }), 1);
  assertEquals((await writer.patch(lines, "o-1", { set: { text: "set" } }))?.text, "set");
  const asked = Promise.all([
    writer.get(lines, "r-2"),
    writer.patch(lines, "r-2", { set: { text: "set" } }),
    writer.find(lines, { where: { room: "r", seq: { gt: 1 } } }),
    writer.find(lines, { where: { id: { in: ["r-1", "r-2"] } }, order: [["id", "desc"]], limit: 1 }),
  ]);
  // Whoever does not wait has its answer by now.
  for (let n = 0; n < 20; n++) await writer.get(lines, "o-1");
  release();
  assertEquals((await asked).flat().map((one) => one?.id), ["r-2", "r-2", "r-2", "r-2"]);
});

test("a process that has yet to apply a patch waits for it wherever the record may be asked for", async (t) => {
  const { writer, release } = await holding(t);
  assert(await edit(writer, 2, "r-1", "edited"));
  assertEquals((await writer.get(lines, "o-1"))?.text, "line 1");
  assertEquals((await writer.find(lines, { where: { id: "o-1", room: "o" } })).length, 1);
  const asked = Promise.all([
    writer.get(lines, "r-1"),
    writer.find(lines, { where: { id: { in: ["r-1", "x"] } } }),
    writer.find(lines, { where: { room: "r", text: "edited" } }),
    writer.find(lines, { where: { text: "edited" } }),
  ]);
  // Whoever does not wait has its answer by now.
  for (let n = 0; n < 20; n++) await writer.get(lines, "o-1");
  release();
  assertEquals((await asked).flat().map((one) => one?.text), Array(4).fill("edited"));
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
