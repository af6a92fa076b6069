import { assertEquals, assertThrows } from "@std/assert";
import { BSON } from "mongodb";
import { decodeRecord, encodeRecord, storedKey } from "../../src/adapters/mongo/codec.ts";
import { matches, sorted } from "../../src/adapters/mongo/compare.ts";

const KEYS = [
  "",
  "$where",
  "$",
  "a.b",
  ".",
  "_id",
  "_pending",
  "__proto__",
  "_bsontype",
  "%",
  "%24",
  "a\0b",
  "é",
  "😀",
  "id",
];

Deno.test("a record comes back from BSON with the keys it went in with, at any depth", () => {
  const nested = Object.fromEntries(KEYS.map((key, i) => [key, i]));
  const deep: unknown = Object.fromEntries(KEYS.map((key) => [key, [nested, { [key]: nested }]]));
  const record = {
    id: "1",
    ...Object.fromEntries(KEYS.map((key) => [key, key === "id" ? "1" : nested])),
    deep,
  };
  const stored = BSON.deserialize(BSON.serialize(encodeRecord(record)));
  assertEquals(JSON.stringify(decodeRecord(stored)), JSON.stringify(record));
});

Deno.test("no two keys are stored as one, and none as syntax of MongoDB's", () => {
  const stored = KEYS.map(storedKey);
  assertEquals(new Set(stored).size, KEYS.length);
  assertEquals(stored.filter((key) => /^[$_]|[.\0]|^$/.test(key)), []);
});

Deno.test("what is not JSON is refused", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const values = [
    NaN,
    Infinity,
    1n,
    Symbol("s"),
    () => {},
    new Date(0),
    new Map(),
    [undefined],
    circle,
    "\ud800",
    { ["\ud800"]: 1 }, // computed: V8 would name the function above after a literal, which no coverage profile can hold
  ];
  for (const value of values) {
    assertThrows(() => encodeRecord(Object.assign({ id: "1" }, { value })), TypeError);
  }
});

Deno.test("sorted() puts null before numbers, texts by code point, and false before true", () => {
  const ordered = [undefined, -1, 2, 10, "", "Z", "a", "a\ud7ff", "a\uffff", "a😀", "b", false, true];
  const records = ordered.map((value) => ({ value }));
  assertEquals(sorted(records.toReversed(), [["value", "asc"]]), records);
  assertEquals(sorted(records, [["value", "desc"]]), records.toReversed());
});

Deno.test("matches() compares only what is of one kind, and takes what is absent for null", () => {
  assertEquals(matches({ value: "5" }, { value: { gt: 1 } }), false);
  assertEquals(matches({ value: null }, { value: { lt: 1 } }), false);
  assertEquals(matches({}, { value: null }), true);
  assertEquals(matches({}, { value: { in: [null, 1] } }), true);
  assertEquals(matches({ value: 1 }, { value: true }), false);
  assertEquals(matches({ value: 3 }, { value: { gte: 3, lt: 4 } }), true);
  assertEquals(matches({ value: 4 }, { value: { gte: 3, lt: 4 } }), false);
});
