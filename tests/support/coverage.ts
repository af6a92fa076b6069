/**
 * Prints what share of the lines of `src` was run, over every file of it, and fails below 85 %:
 * `coverage.ts <folder of Deno's profiles> [folder of pages' profiles]`. A file that nothing loaded counts with all of
 * its lines.
 */
import process from "node:process";
import { assetsOf } from "../../src/web/build/bundle.ts";
import { linesOfPages, pageScripts } from "./coverage_pages.ts";
import { sourceFiles } from "./files.ts";

/** The least share of lines, in percent. */
const WANTED = 85;

/** Lines of one file that can run, and those that did. */
export interface FileCoverage {
  readonly lines: number;
  readonly run: number;
}

/** The lines of a file, and whether each of them ran. */
export type Lines = ReadonlyMap<number, boolean>;

/** Reads an LCOV report: lines by the path from `root` on. */
export function parseLcov(report: string, root: string): Map<string, Lines> {
  const files = new Map<string, Lines>();
  for (const record of report.split("end_of_record\n")) {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (!path?.startsWith(root)) continue;
    const hits = [...record.matchAll(/^DA:(\d+),(\d+)/gm)];
    files.set(
      path.slice(root.length),
      new Map(hits.map(([, line, times]) => [Number(line), Number(times) > 0])),
    );
  }
  return files;
}

/** Counts what ran here or in a page. Lines are those of Deno's report, where there is one. */
export function together(text: string, here: Lines | undefined, page: Lines = new Map()): FileCoverage {
  if (!here) return { lines: Math.max(countLines(text), page.size), run: count(page.values()) };
  return { lines: here.size, run: count([...here].map(([line, ran]) => ran || page.get(line) === true)) };
}

function count(ran: Iterable<boolean>): number {
  return [...ran].filter(Boolean).length;
}

/** Lines that would run if the file was loaded: without blank ones, comments, imports and types. */
export function countLines(source: string): number {
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^[ \t]*(?:import|export)\b[^;]*?\bfrom\b[^;]*;$/gm, "")
    .replaceAll(/^(?:export )?(?:declare )?interface [\s\S]*?^\}$/gm, "")
    .replaceAll(/^(?:export )?type [^{;]*(?:\{[\s\S]*?^\}[^;]*)?;$/gm, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

/** The share of lines that ran, in percent. */
export function share(files: Iterable<FileCoverage>): number {
  let [lines, run] = [0, 0];
  for (const file of files) {
    lines += file.lines;
    run += file.run;
  }
  return lines === 0 ? 100 : run / lines * 100;
}

async function lcov(profiles: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--lcov", "--include=/src/", "--exclude=/tests/", profiles],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function measure(profiles: string, pages?: string): Promise<Map<string, FileCoverage>> {
  const root = `${Deno.cwd()}/`;
  const here = parseLcov(await lcov(profiles), root);
  const inPages = pages === undefined
    ? new Map<string, Lines>()
    : await linesOfPages(pageScripts(pages), await assetsOf("external"), root);
  return new Map(
    (await sourceFiles("src")).map(({ path, text }) =>
      [path, together(text, here.get(path), inPages.get(path))] as const
    ),
  );
}

async function main([profiles = "", pages]: readonly string[]): Promise<number> {
  const files = await measure(profiles, pages);
  const weak = [...files].filter(([, file]) => share([file]) < WANTED)
    .sort(([, a], [, b]) => b.lines - b.run - (a.lines - a.run));
  for (const [path, file] of weak) {
    process.stdout.write(
      `${share([file]).toFixed(1).padStart(6)} %  ${path} (${file.lines - file.run} lines)\n`,
    );
  }
  const total = share(files.values());
  process.stdout.write(`coverage of src: ${total.toFixed(1)} % of lines, at least ${WANTED} % wanted\n`);
  return total >= WANTED ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
