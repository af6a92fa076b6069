import { assertEquals } from "@std/assert";
import { countLines, parseLcov, share, together } from "./support/coverage.ts";
import { linesOfPages } from "./support/coverage_pages.ts";

Deno.test("parseLcov() counts lines and those that ran, of files under the root alone", () => {
  const report = [
    "SF:/here/src/a.ts\nDA:1,3\nDA:2,0\nDA:5,1\nend_of_record\n",
    "SF:/elsewhere/src/b.ts\nDA:1,1\nend_of_record\n",
  ].join("");
  const lines = new Map([[1, true], [2, false], [5, true]]);
  assertEquals([...parseLcov(report, "/here/")], [["src/a.ts", lines]]);
});

Deno.test("linesOfPages() finds the lines that a page ran, whatever the bundled files are called there", async () => {
  const map = { version: 3, sources: ["/here/src/a.ts"], names: [], mappings: "AAAA,aACA,IACA" };
  const bundled = [{ text: `x("/b-1.js");a();b();`, map: JSON.stringify(map) }];
  const source = `x("/b.00112233.js");a();b();`;
  const ranges = [
    { startOffset: 0, endOffset: source.length, count: 2 },
    { startOffset: source.indexOf("b();"), endOffset: source.length, count: 0 },
  ];
  const found = await linesOfPages([{ source, functions: [{ ranges }] }], bundled, "/here/");
  assertEquals(found, new Map([["src/a.ts", new Map([[1, true], [2, true], [3, false]])]]));
  assertEquals(await linesOfPages([{ source: "other();", functions: [] }], bundled, "/here/"), new Map());
});

Deno.test("together() counts a line once, wherever it ran, and lines of files that only pages loaded", () => {
  const here = new Map([[1, true], [2, false], [3, false]]);
  assertEquals(together("", here, new Map([[1, true], [2, true], [9, true]])), { lines: 3, run: 2 });
  assertEquals(together("a();\nb();\n", undefined, new Map([[1, true]])), { lines: 2, run: 1 });
  assertEquals(together("a();\nb();\n", undefined), { lines: 2, run: 0 });
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
