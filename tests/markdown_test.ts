import { assertEquals, assertThrows } from "@std/assert";
import { parseTables, tableWith } from "./support/markdown.ts";

const text = [
  "Words | with | bars",
  "",
  "| code | Status |",
  "|---|---:|",
  "| `not_found` | 404 |",
  "| `a` or `b` | 1 \\| 2 |",
  "",
  "| x |",
  "|---|",
  "| y |",
].join("\n");

Deno.test("parseTables() reads rows by column, and bars that are escaped as text", () => {
  assertEquals(parseTables(text), [
    [{ code: "not_found", status: "404" }, { code: "`a` or `b`", status: "1 \\| 2" }],
    [{ x: "y" }],
  ]);
});

Deno.test("tableWith() finds a table by its columns, and throws when there is none", () => {
  assertEquals(tableWith(parseTables(text), "x"), [{ x: "y" }]);
  assertThrows(() => tableWith(parseTables(text), "code", "retry"));
});
