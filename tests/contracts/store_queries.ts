import { assertEquals, assertRejects } from "@std/assert";
import type { Query, Store } from "../../src/ports/store.ts";
import type { Item, StoreCase } from "./store_samples.ts";
import { item, items, stock } from "./store_samples.ts";

/** Reading many records, and what texts and keys may hold. */
export const queryCases: readonly StoreCase[] = [
  {
    name: "find() pages a range in rising and in falling order",
    async run({ store }) {
      await stock(store, [3, 1, 5, 2, 4].map((size) => ({ tag: "t", size })));
      await stock(store, [{ tag: "other", size: 3 }]);
      assertEquals(
        await sizes(store, { where: { tag: "t", size: { gt: 1 } }, order: [["size", "asc"]], limit: 2 }),
        [
          2,
          3,
        ],
      );
      assertEquals(
        await sizes(store, { where: { tag: "t", size: { lt: 5 } }, order: [["size", "desc"]], limit: 3 }),
        [
          4,
          3,
          2,
        ],
      );
      assertEquals(
        await sizes(store, { where: { tag: "t", size: { gte: 2, lte: 4 } }, order: [["size", "asc"]] }),
        [2, 3, 4],
      );
      assertEquals(await sizes(store, { where: { tag: "t" }, limit: 0 }), []);
    },
  },
  {
    name: "find() orders by several fields, each its own way",
    async run({ store }) {
      await stock(
        store,
        [["a", 1], ["b", 2], ["a", 3], ["b", 1]].map(([tag, size]) => {
          return { tag: String(tag), size: Number(size) };
        }),
      );
      const found = await store.find(items, { order: [["tag", "desc"], ["size", "asc"]] });
      assertEquals(found.map(({ tag, size }) => `${tag}${size}`), ["b1", "b2", "a1", "a3"]);
    },
  },
  {
    name: "find() puts null first, numbers by value and texts by code point",
    async run({ store }) {
      await stock(store, [10, 9, -1, 0.5].map((size) => ({ size, tag: "n" })));
      assertEquals(await sizes(store, { where: { tag: "n" }, order: [["size", "asc"]] }), [-1, 0.5, 9, 10]);
      const texts = ["", "10", "9", "Z", "a", "ab", "é", "日", "😀"];
      await stock(store, [...texts.toReversed(), null].map((tag) => ({ tag, flag: true })));
      const found = await store.find(items, { where: { flag: true }, order: [["tag", "asc"]] });
      assertEquals(found.map(({ tag }) => tag), [null, ...texts]);
    },
  },
  {
    name: "find() keeps null and what is absent out of ranges, and finds both by null",
    async run({ store }) {
      await stock(store, [{ tag: null }, { tag: "t" }, { tag: undefined }]);
      assertEquals((await store.find(items, { where: { tag: { lt: "z" } } })).map(({ tag }) => tag), ["t"]);
      assertEquals(await store.count(items, { tag: null }), 2);
      assertEquals(await store.count(items, { tag: { in: ["t", null] } }), 3);
    },
  },
  {
    name: "find() takes a list of values, an empty one too",
    async run({ store }) {
      const made = await stock(store, [{ tag: "a", flag: true }, { tag: "b" }, { tag: "c", size: 3 }]);
      const found = await store.find(items, {
        where: { tag: { in: ["a", "c", "x"] } },
        order: [["tag", "asc"]],
      });
      assertEquals(found, [made[0], made[2]]);
      assertEquals(await store.find(items, { where: { id: { in: [made[1]?.id ?? ""] } } }), [made[1]]);
      assertEquals(await store.count(items, { flag: { in: [true] } }), 1);
      assertEquals(await store.count(items, { size: { in: [3, 4] } }), 1);
      assertEquals(await store.find(items, { where: { tag: { in: [] } } }), []);
    },
  },
  {
    name: "find() takes thousands of values at once",
    async run({ store }) {
      const made = await stock(store, [{}, {}]);
      const ids = [...Array.from({ length: 5000 }, (_, i) => `absent ${i}`), ...made.map(({ id }) => id)];
      assertEquals((await store.find(items, { where: { id: { in: ids } } })).length, 2);
    },
  },
  {
    name: "count() counts what matches",
    async run({ store }) {
      await stock(store, [{ flag: true, size: 1 }, { flag: true, size: 2 }, { flag: false, size: 3 }]);
      assertEquals(await store.count(items, {}), 3);
      assertEquals(await store.count(items, { flag: true }), 2);
      assertEquals(await store.count(items, { flag: true, size: { gt: 1 } }), 1);
    },
  },
  {
    name: "queries refuse undeclared fields, unknown operators and conditions that are none",
    async run({ store }) {
      const [record] = await stock(store, [{ body: "b" }]);
      const wrong: unknown[] = [
        { body: "b" },
        { $where: "1" },
        { tag: { $ne: null } },
        { tag: { gt: "a", $regex: "." } },
        { tag: {} },
        { tag: ["t"] },
        { tag: undefined },
        { tag: { in: [{}] } },
        { tag: { in: "t" } },
        { tag: { gt: null } },
        { size: NaN },
      ].map((where) => ({ where }));
      wrong.push({ order: [["body", "asc"]] }, { order: [["size", "up"]] }, { limit: -1 }, { limit: 1.5 });
      for (const query of wrong as Query<Item>[]) {
        await assertRejects(() => store.find(items, query), TypeError, undefined, JSON.stringify(query));
        const { where } = query;
        if (!where) continue;
        await assertRejects(() => store.count(items, where), TypeError);
        await assertRejects(() => store.deleteMany(items, where, 9), TypeError);
        await assertRejects(
          () => store.patch(items, record?.id ?? "", { set: { size: 9 } }, where),
          TypeError,
        );
      }
      assertEquals(await store.find(items, {}), [record]);
    },
  },
  {
    name: "texts come back as they went in: astral, combining, every control character",
    async run({ store }) {
      const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, i) => i));
      const texts = [
        "👩‍👩‍👧‍👦 नमस्ते مرحبا",
        "e\u0301 is not é",
        `${controls}\u007f\u2028\ufeff\uffff`,
        "a\0b",
        "\\ud800",
        "",
      ];
      for (const tag of texts) {
        const record = item({ tag, body: { [tag]: tag } });
        await store.insert(items, record);
        assertEquals(await store.find(items, { where: { tag } }), [record]);
        assertEquals(await store.find(items, { where: { tag: { in: [tag] } } }), [record]);
      }
      assertEquals(await store.count(items, { tag: "a" }), 0);
    },
  },
  {
    name: "keys tell texts apart that look alike",
    async run({ store }) {
      const shelves = ["a\0b", "a\0c", "a", "é", "e\u0301", "A"];
      await stock(store, shelves.map((shelf) => ({ shelf, place: 1 })));
      assertEquals(await store.count(items, {}), shelves.length);
    },
  },
  {
    name: "lone surrogates are refused, wherever they stand",
    async run({ store }) {
      const [record] = await stock(store, [{ tag: "t" }]);
      const id = record?.id ?? "";
      for (const bad of ["\ud800", "x\udc00y", "\ude00\ud83d", "\\\ud800"]) {
        await assertRejects(() => store.insert(items, item({ tag: bad })), TypeError);
        await assertRejects(() => store.insert(items, item({ body: [{ [bad]: 1 }] })), TypeError);
        await assertRejects(() => store.insert(items, item({ id: bad })), TypeError);
        await assertRejects(() => store.patch(items, id, { set: { body: { deep: bad } } }), TypeError);
        await assertRejects(() => store.find(items, { where: { tag: bad } }), TypeError);
        await assertRejects(() => store.count(items, { tag: { in: ["t", bad] } }), TypeError);
        await assertRejects(() => store.find(items, { where: { tag: { gte: bad } } }), TypeError);
        await assertRejects(() => store.get(items, bad), TypeError);
        await assertRejects(() => store.delete(items, bad), TypeError);
      }
      assertEquals(await store.find(items, {}), [record]);
    },
  },
  {
    name: "a document of 100 KB comes back whole",
    async run({ store }) {
      const record = item({
        body: { text: "日本😀 ".repeat(10_000), list: Array.from({ length: 2000 }, (_, i) => i) },
      });
      await store.insert(items, record);
      assertEquals(await store.get(items, record.id), record);
    },
  },
  {
    name: "keys and texts that look like operators are data",
    async run({ store }) {
      const body =
        '{"$where":"1","a.b":{"$set":{"x":1}},"__proto__":{"y":1},"constructor":{"prototype":null},"":0,"$":[]}';
      for (const word of ["$where", "a.b", "__proto__", "constructor", "$ne"]) {
        const record = item({ id: word, tag: word, body: JSON.parse(body) });
        await store.insert(items, record);
        const [found] = await store.find(items, { where: { tag: word, id: word } });
        assertEquals(JSON.stringify(found?.body), body);
        assertEquals(found?.tag, word);
        const patched = await store.patch(items, word, { set: { body: JSON.parse(`[${body}]`) } }, {
          tag: word,
        });
        assertEquals(JSON.stringify(patched?.body), `[${body}]`);
        assertEquals(JSON.stringify((await store.get(items, word))?.body), `[${body}]`);
      }
      assertEquals(Object.hasOwn(Object.prototype, "y"), false);
    },
  },
];

async function sizes(store: Store, query: Query<Item>): Promise<number[]> {
  return (await store.find(items, query)).map(({ size }) => size);
}
