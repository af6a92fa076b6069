import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Condition, Query, Store } from "../../src/ports/store.ts";
import { crashAt, edit, line, lines, ROOM, rooms, send, test } from "./mongo_rooms.ts";
import type { Line, Room, Test } from "./mongo_rooms.ts";

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

test("find() under a head answers what it will once all is applied, whatever the query", async (t) => {
  const next = seeded(7);
  for (let round = 0; round < 12; round++) {
    const id = `room-${round}`;
    const some = () => ({ rev: 1 + next(9), text: ["", "a", "ab", "b", "ä", "中"][next(6)] ?? "" });
    const made = Array.from({ length: 8 }, (_, seq) => ({ id: `${id}-${seq}`, room: id, seq, ...some() }));
    const born = made.slice(0, 5).map((insert) => ({ into: lines, insert }));
    await t.store.create(rooms, { ...ROOM, id }, born);
    const writer = await t.open(crashAt("apply", 2));
    const writes = [
      ...made.slice(5).map((insert) => ({ into: lines, insert })),
      ...made.slice(0, 5).filter(() => next(2)).map((one) => ({ into: lines, id: one.id, patch: some() })),
    ];
    assert(await writer.commit({ heads: rooms, id, ifRev: 1, set: { rev: 2 }, writes }));
    const under = await t.store.heads(rooms, [id]);
    const queries = Array.from({ length: 20 }, () => anyQuery(id, next));
    const before = await Promise.all(queries.map((query) => t.store.find(lines, query, under)));
    await t.store.open(rooms, id);
    const after = await Promise.all(queries.map((query) => t.store.find(lines, query)));
    assertEquals(before, after);
  }
});

test("find() refuses a head that is not as the store gave it", async (t) => {
  const { head, reader } = await carried(t);
  await assertRejects(() => reader.find(lines, {}, [{ ...head }]), TypeError);
});

/** Numbers below a bound, the same in each run (mulberry32). */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) % below;
  };
}

/** A query over a room's lines whose order is total. */
function anyQuery(room: string, next: (below: number) => number): Query<Line> {
  const way = () => next(2) ? "asc" as const : "desc" as const;
  const rev: Condition[] = [{ gt: next(9) }, { lte: next(9) }, { gte: next(5), lt: 5 + next(5) }, {
    in: [1, 3, 5],
  }];
  const seq: Condition[] = [next(8), { gt: next(8) }, { in: [next(8), next(8)] }];
  const one = (conditions: Condition[]) => conditions[next(conditions.length)] ?? null;
  return {
    where: { room, ...next(2) ? { rev: one(rev) } : {}, ...next(3) ? {} : { seq: one(seq) } },
    order: [...next(2) ? [["text", way()] as const] : [], ["rev", way()], ["id", way()]],
    ...next(2) ? { limit: 1 + next(6) } : {},
  };
}
