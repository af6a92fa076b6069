import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { LocalMessage } from "../../src/client/mod.ts";
import { buildRows, keyOf, rowOfSeq, seqOf } from "../../src/web/conversation/rows.ts";
import type { Row, RowOptions } from "../../src/web/conversation/rows.ts";
import { local } from "./conversation_support.ts";

const options: RowOptions = { userId: "me", hasOlder: false, readUpTo: undefined };

/** A row as it is easily read: `[` opens a group, `]` closes it, `'` has a foot. */
function drawn(row: Row): string {
  if (row.kind !== "message") return row.kind;
  return `${row.opens ? "[" : ""}${seqOf(row)}${row.hasFoot ? "'" : ""}${row.closes ? "]" : ""}`;
}

const draw = (messages: readonly LocalMessage[], more: Partial<RowOptions> = {}) =>
  buildRows(messages, { ...options, ...more }).map(drawn).join(" ");

Deno.test("buildRows() groups what one person says within five minutes", () => {
  const messages = [
    local({ seq: 1, at: "2026-05-04T10:00:00.000Z" }),
    local({ seq: 2, at: "2026-05-04T10:04:59.000Z" }),
    local({ seq: 3, at: "2026-05-04T10:10:00.000Z" }),
    local({ seq: 4, at: "2026-05-04T10:10:01.000Z", by: "bob" }),
  ];
  assertEquals(draw(messages), "edge day [1 2'] [3'] [4']");
});

Deno.test("buildRows() puts a day before the first message of each", () => {
  const noon = (day: string) => `2026-05-${day}T12:00:00.000Z`;
  const messages = [local({ seq: 1, at: noon("04") }), local({ seq: 2, at: noon("05") })];
  assertEquals(draw(messages), "edge day [1'] day [2']");
  assertEquals(draw([]), "");
});

Deno.test("buildRows() marks once where what is new begins, and one's own is never new", () => {
  const messages = [1, 2, 3, 4].map((seq) => local({ seq, by: seq === 2 ? "me" : "ann" }));
  assertEquals(draw(messages, { readUpTo: 1 }), "edge day [1'] [2'] unread [3 4']");
  assertEquals(draw(messages, { readUpTo: 3 }), "edge day [1'] [2'] [3'] unread [4']");
  assertEquals(draw(messages, { readUpTo: 4 }), "edge day [1'] [2'] [3 4']");
});

Deno.test("buildRows() lets system messages stand alone", () => {
  const messages = [
    local({ seq: 1 }),
    local({ seq: 2, type: "system", metadata: { systemType: "name_changed", name: "x" } }),
    local({ seq: 3 }),
  ];
  assertEquals(draw(messages), "edge day [1'] system [3']");
});

Deno.test("buildRows() shows the state where it changes inside a group, and of each that failed", () => {
  const messages = [
    local({ seq: 1, by: "me", state: "read" }),
    local({ seq: 2, by: "me", state: "read" }),
    local({ seq: 3, by: "me", state: "delivered" }),
    local({ seq: 0, by: "me", state: "failed", clientId: "a" }),
    local({ seq: 0, by: "me", state: "failed", clientId: "b" }),
  ];
  assertEquals(draw(messages), "edge day [1 2' 3' 0' 0']");
});

Deno.test("buildRows() gives rows that say the same as before as the same objects", () => {
  const messages = [1, 2, 3].map((seq) => local({ seq }));
  const before = buildRows(messages, options);
  const after = buildRows([...messages, local({ seq: 4 })], options, before);
  for (const index of [0, 1, 2, 3]) assertStrictEquals(after[index], before[index]);
  assert(after[4] !== before[4], "the third no longer closes its group");
});

Deno.test("keyOf() stays the same when a message on its way has arrived, and differs between senders", () => {
  const sent = { by: "me", clientId: "c1" };
  assertEquals(
    keyOf(local({ ...sent, seq: 0, state: "sending" })),
    keyOf(local({ ...sent, seq: 7 })),
  );
  assert(keyOf(local({ ...sent, seq: 7 })) !== keyOf(local({ ...sent, by: "ann", seq: 8 })));
  assertEquals(keyOf(local({ seq: 9 })), "m9");
});

Deno.test("rowOfSeq() finds the row of a place, or the next one", () => {
  const rows = buildRows([2, 4].map((seq) => local({ seq })), options);
  assertEquals([1, 2, 3, 4].map((seq) => seqOf(rowOfSeq(rows, seq) ?? rows[0] as Row)), [2, 2, 4, 4]);
  assertEquals(rowOfSeq(rows, 5), undefined);
});
