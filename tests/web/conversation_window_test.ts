import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Heights } from "../../src/web/conversation/heights.ts";
import { anchorFor, anchorOf, covers, rangeOf, topOf } from "../../src/web/conversation/place.ts";

const RUNS = Number(Deno.env.get("PARLEY_PROPERTY_RUNS") ?? 300);
const ESTIMATE = 50;
const VIEW = 300;

const items = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ key: `k${from + i}` }));

function heightsOf(count: number, measured: Readonly<Record<string, number>> = {}): Heights<{ key: string }> {
  const heights = new Heights<{ key: string }>(() => ESTIMATE);
  heights.list(items(count));
  for (const [key, height] of Object.entries(measured)) heights.measure(key, height);
  return heights;
}

const measures = fc.dictionary(
  fc.integer({ min: 0, max: 60 }).map((i) => `k${i}`),
  fc.integer({ min: 1, max: 400 }),
);

Deno.test("Heights sums up what was measured and estimates the rest, in whatever order it is asked", () => {
  fc.assert(
    fc.property(fc.nat(60), measures, fc.array(fc.nat(70)), (count, measured, asked) => {
      const heights = heightsOf(count);
      const sum = (upTo: number) =>
        items(Math.min(upTo, count)).reduce((top, { key }) => top + (measured[key] ?? ESTIMATE), 0);
      heights.offsetOf(count);
      for (const [key, height] of Object.entries(measured)) heights.measure(key, height);
      for (const index of asked) assertEquals(heights.offsetOf(index), sum(index));
      assertEquals(heights.total, sum(count));
    }),
    { numRuns: RUNS },
  );
});

Deno.test("Heights finds the item at every offset", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      measures,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, m, at) => {
        const heights = heightsOf(n, m);
        const offset = at * (heights.total - 1);
        const index = heights.indexAt(offset);
        assert(heights.offsetOf(index) <= offset && offset < heights.offsetOf(index + 1));
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("Heights keeps what was measured when the list grows at either end", () => {
  const heights = heightsOf(3, { k0: 10, k1: 20, k2: 30 });
  heights.list([...items(2, -2), ...items(4)]);
  assertEquals(heights.total, 2 * ESTIMATE + 60 + ESTIMATE);
  assertEquals(heights.indexOf("k0"), 2);
  assertEquals(heights.indexOf("gone"), -1);
});

Deno.test("measure() says whether anything has changed", () => {
  const heights = heightsOf(2);
  assertEquals([heights.measure("k0", 10), heights.measure("k0", 10)], [true, false]);
  assertEquals([heights.measure("k1", ESTIMATE), heights.measure("gone", 10)], [false, false]);
});

Deno.test("rangeOf() holds the view and its margin, and no more than that", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      measures,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, m, at) => {
        const heights = heightsOf(n, m);
        const view = { top: at * Math.max(heights.total - VIEW, 0), height: VIEW };
        const { first, last } = rangeOf(heights, view, 100);
        assert(heights.offsetOf(first) <= Math.max(view.top - 100, 0));
        assert(heights.offsetOf(last + 1) >= Math.min(view.top + VIEW + 100, heights.total));
        assert(first === 0 || heights.offsetOf(first + 1) > view.top - 100);
        assert(heights.offsetOf(last) <= view.top + VIEW + 100);
        assert(covers({ first, last }, heights, view, 50));
      },
    ),
    { numRuns: RUNS },
  );
  assertEquals(rangeOf(heightsOf(0), { top: 0, height: VIEW }, 100), { first: 0, last: -1 });
});

Deno.test("what is in view does not move when things above it are measured or added", () => {
  fc.assert(
    fc.property(
      measures,
      measures,
      fc.double({ min: 0, max: 0.8, noNaN: true }),
      fc.nat(30),
      (m1, m2, at, more) => {
        const heights = heightsOf(60, m1);
        const view = { top: at * (heights.total - VIEW), height: VIEW };
        const anchor = anchorOf(heights, (index) => `k${index}`, view);
        if (anchor === "end") return;
        const before = heights.offsetOf(heights.indexOf(anchor.key)) - view.top;
        heights.list([...items(more, -more), ...items(60)]);
        const index = heights.indexOf(anchor.key);
        for (const [key, height] of Object.entries(m2)) {
          if (heights.indexOf(key) < index) heights.measure(key, height);
        }
        const top = topOf(anchor, heights, VIEW) ?? NaN;
        const after = heights.offsetOf(index) - top;
        const isClamped = top === 0 || top === heights.total - VIEW;
        if (!isClamped) assertAlmostEquals(after, before, 0.001);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("a view at the end stays at the end, and one that is gone has no place", () => {
  const heights = heightsOf(20);
  const anchor = anchorOf(heights, (index) => `k${index}`, { top: heights.total - VIEW - 10, height: VIEW });
  assertEquals(anchor, "end");
  heights.list(items(30));
  assertEquals(topOf(anchor, heights, VIEW), 30 * ESTIMATE - VIEW);
  assertEquals(topOf("end", heightsOf(2), VIEW), 0);
  assertEquals(topOf({ key: "gone", delta: 0 }, heights, VIEW), undefined);
});

Deno.test("anchorFor() shows an item in the middle, and a tall one from its top", () => {
  const heights = heightsOf(20, { k10: 60, k11: 900 });
  assertEquals(topOf(anchorFor(heights, "k10", VIEW, 0.5), heights, VIEW), 10 * ESTIMATE - 120);
  assertEquals(topOf(anchorFor(heights, "k11", VIEW, 0.5), heights, VIEW), 10 * ESTIMATE + 60);
});
