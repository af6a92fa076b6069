/**
 * Prints what share of the lines of `src` was run, over every file of it, and fails below 85 %:
 * `coverage.ts <folder of profiles>`. A file that nothing loaded counts with all of its lines.
 */
import process from "node:process";
import { sourceFiles } from "./files.ts";

/** The least share of lines, in percent. */
const WANTED = 85;

/** Lines of one file that can run, and those that did. */
export interface FileCoverage {
  readonly lines: number;
  readonly run: number;
}

/** Reads an LCOV report: counts by the path from `root` on. */
export function parseLcov(report: string, root: string): Map<string, FileCoverage> {
  const files = new Map<string, FileCoverage>();
  for (const record of report.split("end_of_record\n")) {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (!path?.startsWith(root)) continue;
    const hits = [...record.matchAll(/^DA:\d+,(\d+)/gm)].map(([, times]) => Number(times));
    files.set(path.slice(root.length), { lines: hits.length, run: hits.filter((times) => times > 0).length });
  }
  return files;
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

async function measure(profiles: string): Promise<Map<string, FileCoverage>> {
  const loaded = parseLcov(await lcov(profiles), `${Deno.cwd()}/`);
  const all = (await sourceFiles("src")).map(({ path, text }) =>
    [path, loaded.get(path) ?? { lines: countLines(text), run: 0 }] as const
  );
  return new Map(all);
}

async function main([profiles = ""]: readonly string[]): Promise<number> {
  const files = await measure(profiles);
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
