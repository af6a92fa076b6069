import { assert, assertEquals, assertRejects } from "@std/assert";
import { UniqueViolation } from "../../src/ports/store.ts";
import type { Change } from "../../src/ports/store.ts";
import { openStore } from "../support/store.ts";
import type { Item, StoreCase } from "./store_samples.ts";
import { item, items, samples, stock } from "./store_samples.ts";

/** Operations on single records. */
export const recordCases: readonly StoreCase[] = [
  {
    name: "get() answers the record as it was inserted",
    async run({ store }) {
      const body = { list: [1, "two", null, true, { deep: [] }], number: -1.5, big: 2 ** 53 - 1, empty: {} };
      const record = item({ tag: "t", flag: true, size: 2.5, body });
      await store.insert(items, record);
      assertEquals(await store.get(items, record.id), record);
      assertEquals(await store.get(items, "absent"), undefined);
    },
  },
  {
    name: "insert() refuses a second record with an id or a key that is taken, and keeps the first",
    async run({ store }) {
      const first = item({ tag: "first" });
      await store.insert(items, first);
      await assertRejects(() => store.insert(items, item({ id: first.id })), UniqueViolation, "items");
      await assertRejects(() => store.insert(items, item({ place: first.place })), UniqueViolation, "items");
      assertEquals(await store.find(items, {}), [first]);
    },
  },
  {
    name: "insert() lets one of many racing for a key through, over two openings of the store",
    async run({ store, place }) {
      const other = await openStore(place, samples);
      try {
        const rivals = Array.from({ length: 20 }, (_, i) => item({ place: -1, size: i }));
        const results = await Promise.allSettled(
          rivals.map((rival, i) => (i % 2 ? store : other).insert(items, rival)),
        );
        const lost = results.filter((result) => result.status === "rejected");
        assertEquals(lost.length, 19);
        assert(lost.every(({ reason }) => reason instanceof UniqueViolation));
        const winner = rivals.filter((_, i) => results[i]?.status === "fulfilled");
        assertEquals(await other.find(items, { where: { place: -1 } }), winner);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "insert() of one record fails alone among those of the same turn",
    async run({ store }) {
      const first = item();
      const results = await Promise.allSettled(
        [first, item({ id: first.id }), item()].map((record) => store.insert(items, record)),
      );
      assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
      assertEquals(await store.count(items, {}), 2);
    },
  },
  {
    name:
      "insert() refuses a record without an id, an absent part of a key, and a declared field with no scalar",
    async run({ store }) {
      const wrong: object[] = [{ id: "" }, { shelf: null }, { shelf: undefined }, { tag: ["t"] }, {
        size: NaN,
      }];
      for (const fields of wrong) {
        await assertRejects(() => store.insert(items, { ...item(), ...fields }), TypeError);
      }
      assertEquals(await store.count(items, {}), 0);
    },
  },
  {
    name: "patch() sets, adds and raises in one step and answers the record",
    async run({ store }) {
      const record = item({ size: 5, tag: "b", body: { old: true } });
      await store.insert(items, record);
      const change: Change<Item> = { set: { body: ["new"] }, add: { size: -2 }, raise: { tag: "c" } };
      const after = { ...record, size: 3, tag: "c", body: ["new"] };
      assertEquals(await store.patch(items, record.id, change), after);
      assertEquals(await store.get(items, record.id), after);
    },
  },
  {
    name: "patch() never lowers what it raises, and counts an absent field as 0",
    async run({ store }) {
      const record = item({ size: 5, tag: null });
      await store.insert(items, record);
      await store.patch(items, record.id, { raise: { size: 4, tag: "2026-01-02" } });
      const raised = await store.patch(items, record.id, { raise: { size: 4, tag: "2026-01-01" } });
      assertEquals([raised?.size, raised?.tag], [5, "2026-01-02"]);
      const fresh: Change<Item> = { add: JSON.parse('{"visits": 2}'), raise: JSON.parse('{"best": 7}') };
      const expected: object = { ...record, tag: "2026-01-02", visits: 2, best: 7 };
      assertEquals<unknown>(await store.patch(items, record.id, fresh), expected);
    },
  },
  {
    name: "patch() adds up, however many come at once",
    async run({ store, place }) {
      const [record] = await stock(store, [{ size: 1 }]);
      const other = await openStore(place, samples);
      const one = () => store.patch(items, record?.id ?? "", { add: { size: 1 } });
      const two = () => other.patch(items, record?.id ?? "", { add: { size: 2 } });
      await Promise.all(Array.from({ length: 30 }, (_, i) => i % 2 ? one() : two()));
      await other.close();
      assertEquals((await store.get(items, record?.id ?? ""))?.size, 46);
    },
  },
  {
    name: "patch() changes a record only if the condition holds, for one of many racing",
    async run({ store, place }) {
      const [record] = await stock(store, [{ tag: "free" }]);
      const other = await openStore(place, samples);
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => {
        return (i % 2 ? store : other).patch(items, record?.id ?? "", { set: { tag: `taken ${i}` } }, {
          tag: "free",
        });
      }));
      await other.close();
      const won = results.filter((result) => result !== undefined);
      assertEquals(won.length, 1);
      assertEquals(await store.get(items, record?.id ?? ""), won[0]);
    },
  },
  {
    name: "patch() takes every kind of condition",
    async run({ store }) {
      const [record] = await stock(store, [{ tag: null, flag: true, size: 5 }]);
      const id = record?.id ?? "";
      const tried = async (onlyIf: Parameters<typeof store.patch<Item>>[3]) => {
        return await store.patch(items, id, { set: { body: 1 } }, onlyIf) !== undefined;
      };
      assertEquals(await tried({ tag: null, flag: true, size: { gte: 5, lt: 6 } }), true);
      assertEquals(await tried({ size: { in: [4, 5] } }), true);
      assertEquals(await tried({ size: { gt: 5 } }), false);
      assertEquals(await tried({ tag: "t" }), false);
      assertEquals(await tried({ flag: false }), false);
    },
  },
  {
    name: "patch() of an absent record answers nothing and makes none",
    async run({ store }) {
      assertEquals(await store.patch(items, "absent", { set: { size: 1 } }), undefined);
      assertEquals(await store.count(items, {}), 0);
    },
  },
  {
    name: "patch() into a key that is taken is refused and changes nothing",
    async run({ store }) {
      const [first, second] = await stock(store, [{}, {}]);
      const change = { set: { place: first?.place, size: 9 } };
      await assertRejects(() => store.patch(items, second?.id ?? "", change), UniqueViolation);
      assertEquals(await store.get(items, second?.id ?? ""), second);
    },
  },
  {
    name: "patch() refuses undefined, another id, a field changed twice, and adding to what is no number",
    async run({ store }) {
      const [record] = await stock(store, [{ tag: "t" }]);
      const wrong: Change<Item>[] = [
        { set: { body: undefined } },
        { set: { id: "other" } },
        { set: { size: 1 }, add: { size: 1 } },
        { add: { tag: 1 } },
      ];
      for (const change of wrong) {
        await assertRejects(() => store.patch(items, record?.id ?? "", change), TypeError);
      }
      assertEquals(await store.get(items, record?.id ?? ""), record);
    },
  },
  {
    name: "delete() gives the record to one of many callers",
    async run({ store, place }) {
      const [record] = await stock(store, [{}]);
      const other = await openStore(place, samples);
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => {
        return (i % 2 ? store : other).delete(items, record?.id ?? "");
      }));
      await other.close();
      assertEquals(results.filter((result) => result !== undefined), [record]);
      assertEquals(await store.get(items, record?.id ?? ""), undefined);
    },
  },
  {
    name: "deleteMany() deletes what matches, up to the limit, and answers how many",
    async run({ store }) {
      await stock(store, [..."aaaaab"].map((tag) => ({ tag })));
      assertEquals(await store.deleteMany(items, { tag: "a" }, 3), 3);
      assertEquals(await store.deleteMany(items, { tag: "a" }, 3), 2);
      assertEquals(await store.deleteMany(items, { tag: "a" }, 3), 0);
      assertEquals((await store.find(items, {})).map(({ tag }) => tag), ["b"]);
    },
  },
  {
    name: "sweep() deletes what expired before the time given and keeps the rest",
    async run({ store }) {
      const times = [
        "2026-01-01T00:00:00.000Z",
        "2026-01-02T00:00:00.000Z",
        "2026-01-03T00:00:00.000Z",
        null,
      ];
      await stock(store, times.map((expiresAt) => ({ expiresAt })));
      assertEquals(await store.sweep("2026-01-02T00:00:00.000Z"), 1);
      assertEquals(await store.sweep("2026-01-02T00:00:00.001Z"), 1);
      const kept = await store.find(items, { order: [["expiresAt", "asc"]] });
      assertEquals(kept.map(({ expiresAt }) => expiresAt), [null, "2026-01-03T00:00:00.000Z"]);
    },
  },
  {
    name: "sweep() takes any number of expired records",
    async run({ store }) {
      await stock(store, Array.from({ length: 1001 }, () => ({ expiresAt: "2026-01-01T00:00:00.000Z" })));
      assertEquals(await store.sweep("2026-02-01T00:00:00.000Z"), 1001);
      assertEquals(await store.count(items, {}), 0);
    },
  },
];
