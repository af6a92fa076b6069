import { assertEquals } from "@std/assert";
import { countLines, parseLcov, share } from "./support/coverage.ts";

Deno.test("parseLcov() counts lines and those that ran, of files under the root alone", () => {
  const report = [
    "SF:/here/src/a.ts\nDA:1,3\nDA:2,0\nDA:5,1\nend_of_record\n",
    "SF:/elsewhere/src/b.ts\nDA:1,1\nend_of_record\n",
  ].join("");
  assertEquals([...parseLcov(report, "/here/")], [["src/a.ts", { lines: 3, run: 2 }]]);
});

Deno.test("share() is over all lines, not the mean of the files", () => {
  assertEquals(share([{ lines: 90, run: 90 }, { lines: 10, run: 0 }]), 90);
  assertEquals(share([]), 100);
});

Deno.test("countLines() counts what runs, not types, imports and comments", () => {
  const source = [
    "/** What this is. */",
    'import { a } from "./a.ts";',
    "import type {",
    "  B,",
    '} from "./b.ts";',
    "",
    "// why",
    "export interface C {",
    "  readonly d: string;",
    "}",
    'export type E = "x" | "y";',
    "type F = {",
    "  g: string;",
    "};",
    "export function h(): number {",
    "  return a;",
    "}",
  ].join("\n");
  assertEquals(countLines(source), 3);
  assertEquals(countLines("export interface C {\n  d: string;\n}\n"), 0);
});
