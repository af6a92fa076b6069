import { assert, assertEquals, assertRejects } from "@std/assert";
import { COMMIT_BYTES, COMMIT_WRITES, UniqueViolation } from "../../src/ports/store.ts";
import type { Store } from "../../src/ports/store.ts";
import { openStore } from "../support/store.ts";
import type { Room, StoreCase } from "./store_samples.ts";
import { appendLine, insertOf, line, lines, readLines, room, rooms, samples } from "./store_samples.ts";

/** Heads and what stands under them. */
export const commitCases: readonly StoreCase[] = [
  {
    name: "create() stores the head with the records that are born with it",
    async run({ store }) {
      const head = room({ seq: 2 });
      const born = [line(head, 1), line(head, 2)];
      assertEquals(await store.create(rooms, head, born.map((record) => insertOf(record))), true);
      assertEquals(await store.heads(rooms, [head.id]), [await store.open(rooms, head.id)]);
      assertHead(await store.open(rooms, head.id), head);
      assertEquals(await readLines(store, head.id), born);
    },
  },
  {
    name: "create() answers false when the head is there, which stays as it is",
    async run({ store }) {
      const head = await newRoom(store);
      const rival = room({ id: head.id, title: "rival" });
      assertEquals(await store.create(rooms, rival, [insertOf(line(rival, 1))]), false);
      assertHead(await store.open(rooms, head.id), head);
      assertEquals(await readLines(store, head.id), []);
    },
  },
  {
    name: "create() makes one head when many race, with the records of the one that won",
    async run({ store, place }) {
      const other = await openStore(place, samples);
      const rivals = Array.from({ length: 10 }, (_, i) => room({ id: "pair", title: `rival ${i}` }));
      const results = await Promise.all(rivals.map((rival, i) => {
        return (i % 2 ? store : other).create(rooms, rival, [
          insertOf(line(rival, 1, { text: rival.title })),
        ]);
      }));
      await other.close();
      assertEquals(results.filter(Boolean).length, 1);
      const winner = rivals[results.indexOf(true)];
      assertEquals((await store.open(rooms, "pair"))?.title, winner?.title);
      assertEquals((await readLines(store, "pair")).map(({ text }) => text), [winner?.title]);
    },
  },
  {
    name: "create() of a head whose key is taken is refused, and none of its records are kept",
    async run({ store }) {
      const head = await newRoom(store);
      const rival = room({ title: head.title });
      await assertRejects(() => store.create(rooms, rival, [insertOf(line(rival, 1))]), UniqueViolation);
      assertEquals(await store.open(rooms, rival.id), undefined);
      assertEquals(await readLines(store, rival.id), []);
    },
  },
  {
    name: "heads() answers those that are there, each once",
    async run({ store }) {
      const [one, two] = [await newRoom(store), await newRoom(store)];
      const found = await store.heads(rooms, [two.id, "absent", one.id, one.id]);
      assertEquals(found.map(({ id }) => id).toSorted(), [one.id, two.id].toSorted());
      assertEquals(await store.heads(rooms, []), []);
      assertEquals(await store.open(rooms, "absent"), undefined);
    },
  },
  {
    name: "commit() moves the head and applies its writes",
    async run({ store }) {
      const head = await newRoom(store, 1);
      const writes = [insertOf(line(head, 2)), patchOf(head, 1, 3, "edited")];
      assertEquals(
        await store.commit({ heads: rooms, id: head.id, ifRev: 1, set: { rev: 3, seq: 2 }, writes }),
        true,
      );
      assertHead(await store.open(rooms, head.id), { ...head, rev: 3, seq: 2 });
      assertEquals(await readLines(store, head.id), [
        line(head, 1, { rev: 3, text: "edited" }),
        line(head, 2),
      ]);
    },
  },
  {
    name: "commit() with another rev answers false and changes nothing",
    async run({ store }) {
      const head = await newRoom(store, 1);
      await store.open(rooms, head.id);
      for (const ifRev of [0, 2]) {
        const writes = [insertOf(line(head, 2)), patchOf(head, 1, 9, "edited")];
        const set = { rev: 9, title: "stolen" };
        assertEquals(await store.commit({ heads: rooms, id: head.id, ifRev, set, writes }), false);
      }
      assertHead(await store.open(rooms, head.id), head);
      assertEquals(await readLines(store, head.id), [line(head, 1)]);
    },
  },
  {
    name: "commit() on an absent head answers false and makes nothing",
    async run({ store }) {
      const head = room();
      const writes = [insertOf(line(head, 1))];
      assertEquals(
        await store.commit({ heads: rooms, id: head.id, ifRev: 1, set: { rev: 2 }, writes }),
        false,
      );
      assertEquals(await store.open(rooms, head.id), undefined);
      assertEquals(await store.count(lines, {}), 0);
    },
  },
  {
    name: "commit() leaves a record alone that is there already, and one that is newer",
    async run({ store }) {
      const head = await newRoom(store, 1);
      const kept = line(head, 1, { rev: 5, text: "kept" });
      await advance(store, head.id, 1, 5, [patchOf(head, 1, 5, "kept")]);
      await advance(store, head.id, 5, 6, [insertOf(line(head, 1, { rev: 6, text: "again" }))]);
      await advance(store, head.id, 6, 7, [patchOf(head, 1, 5, "same"), patchOf(head, 1, 4, "older")]);
      await advance(store, head.id, 7, 8, [patchOf(head, 7, 8, "absent")]);
      await store.open(rooms, head.id);
      assertEquals(await readLines(store, head.id), [kept]);
    },
  },
  {
    name: "commit() answers what was committed before it in the same turn",
    async run({ store }) {
      const head = await newRoom(store);
      await store.open(rooms, head.id);
      const revs = Array.from({ length: 10 }, (_, i) => i + 2);
      const results = await Promise.all(revs.map((rev) => {
        const writes = [insertOf(line(head, rev - 1, { rev }))];
        return store.commit({ heads: rooms, id: head.id, ifRev: 1, set: { rev, seq: 1 }, writes });
      }));
      assertEquals(results.filter(Boolean).length, 1);
      const won = revs[results.indexOf(true)];
      assertEquals((await store.open(rooms, head.id))?.rev, won);
      assertEquals((await readLines(store, head.id)).map(({ rev }) => rev), [won]);
    },
  },
  {
    name: "commit() gives each rev to one of two who race for a head",
    async run({ store, place }) {
      const head = await newRoom(store);
      const other = await openStore(place, samples);
      const taken: number[] = [];
      await Promise.all([store, other, store, other].map(async (one, i) => {
        for (let n = 0; n < 25; n++) taken.push(await appendLine(one, head.id, `${i}`));
      }));
      await other.close();
      assertEquals(taken.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i + 2));
      assertHead(await store.open(rooms, head.id), { ...head, rev: 101, seq: 100 });
      assertEquals(
        (await readLines(store, head.id)).map(({ seq }) => seq),
        Array.from({ length: 100 }, (_, i) => i + 1),
      );
    },
  },
  {
    name: "commit() takes as many writes and bytes as the port allows, and no more",
    async run({ store }) {
      const head = await newRoom(store);
      const many = (count: number) => Array.from({ length: count }, (_, i) => insertOf(line(head, i + 1)));
      const large = (bytes: number) => [insertOf(line(head, 500, { text: "é".repeat(bytes / 2) }))];
      await advance(store, head.id, 1, 2, many(COMMIT_WRITES));
      await advance(store, head.id, 2, 3, large(COMMIT_BYTES - 1000));
      for (const writes of [many(COMMIT_WRITES + 1), large(COMMIT_BYTES + 2)]) {
        const set = { rev: 4 };
        await assertRejects(
          () => store.commit({ heads: rooms, id: head.id, ifRev: 3, set, writes }),
          TypeError,
        );
        await assertRejects(() => store.create(rooms, room(), writes), TypeError);
      }
      assertHead(await store.open(rooms, head.id), { ...head, rev: 3 });
      assertEquals((await readLines(store, head.id)).length, COMMIT_WRITES + 1);
    },
  },
  {
    name: "commit() refuses a rev that does not rise, and what no store can keep, and then changes nothing",
    async run({ store }) {
      const head = await newRoom(store, 1);
      const base = { heads: rooms, id: head.id, ifRev: 1, set: { rev: 2 }, writes: [] };
      await store.open(rooms, head.id);
      await assertRejects(() => store.commit({ ...base, set: { rev: 1 } }), TypeError);
      await assertRejects(() => store.commit({ ...base, set: { rev: 2, id: "other" } }), TypeError);
      await assertRejects(() => store.commit({ ...base, set: { rev: 2, title: "\ud800" } }), TypeError);
      for (const text of ["\ud800", "\udc00 x"]) {
        const insert = insertOf(line(head, 2, { text }));
        await assertRejects(
          () => store.commit({ ...base, writes: [insertOf(line(head, 3)), insert] }),
          TypeError,
        );
        await assertRejects(() => store.commit({ ...base, writes: [patchOf(head, 1, 2, text)] }), TypeError);
      }
      assertHead(await store.open(rooms, head.id), head);
      assertEquals(await readLines(store, head.id), [line(head, 1)]);
    },
  },
  {
    name: "commit() that settles is found by queries that name no head",
    async run({ store }) {
      const head = await newRoom(store, 1);
      await store.open(rooms, head.id);
      const writes = [insertOf(line(head, 2)), patchOf(head, 1, 3, "edited")];
      const set = { rev: 3, seq: 2 };
      assert(await store.commit({ heads: rooms, id: head.id, ifRev: 1, set, writes, settle: true }));
      const found = await store.find(lines, { order: [["seq", "asc"]] });
      assertEquals(found, [line(head, 1, { rev: 3, text: "edited" }), line(head, 2)]);
    },
  },
  {
    name: "find() under a head answers in order, within its limit, by what the records have become",
    async run({ store }) {
      const head = await newRoom(store, 3);
      await store.open(rooms, head.id);
      await advance(store, head.id, 1, 6, [insertOf(line(head, 4)), patchOf(head, 1, 6, "moved")]);
      const under = await store.heads(rooms, [head.id]);
      const query = {
        where: { room: head.id, rev: { gt: 2, lte: 6 } },
        order: [["rev", "asc"]],
        limit: 3,
      } as const;
      const found = await store.find(lines, query, under);
      assertEquals(found.map(({ seq, rev }) => [seq, rev]), [[2, 3], [3, 4], [4, 5]]);
      const last = await store.find(lines, { ...query, where: { room: head.id, rev: { gt: 5 } } }, under);
      assertEquals(last, [line(head, 1, { rev: 6, text: "moved" })]);
    },
  },
];

/** A stored room with as many lines. */
async function newRoom(store: Store, seq = 0): Promise<Room> {
  const head = room({ seq });
  const born = Array.from({ length: seq }, (_, i) => insertOf(line(head, i + 1)));
  assert(await store.create(rooms, head, born));
  return head;
}

function patchOf(
  head: Room,
  seq: number,
  rev: number,
  text: string,
): { into: typeof lines; id: string; patch: { rev: number } } {
  const patch = { rev, text };
  return { into: lines, id: `${head.id}-${seq}`, patch };
}

async function advance(
  store: Store,
  id: string,
  ifRev: number,
  rev: number,
  writes: Parameters<Store["commit"]>[0]["writes"],
): Promise<void> {
  await store.open(rooms, id);
  assert(await store.commit({ heads: rooms, id, ifRev, set: { rev }, writes }));
}

/** Adapters may keep something of their own in a head, so only declared fields are compared. */
function assertHead(actual: Room | undefined, expected: Room): void {
  assert(actual);
  const { id, rev, seq, title } = actual;
  assertEquals({ id, rev, seq, title }, expected);
}
