import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";
import type { Page } from "playwright-core";

/** A script as a page had it, and how often V8 ran which part of it: inner ranges say more than outer ones. */
export interface PageScript {
  readonly source: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

/** A script as the bundler wrote it, and where that comes from. */
export interface MappedScript {
  readonly text: string;
  readonly map?: string | undefined;
}

/** Names of bundled files, which are others in the server's copy; nothing else differs. */
const NAME = /\/(\w+)[-.][\w.-]*(?:js|json|css)"/g;

/** Where pages leave what they ran, when that is wanted. */
const folder = Deno.env.get("PAGE_PROFILES");

const recorded = new WeakSet<Page>();

/** Has a page that shows nothing yet write down what it runs. It must be one that runs scripts. */
export async function recordPage(page: Page): Promise<void> {
  if (!folder) return;
  await page.coverage.startJSCoverage({ resetOnNavigation: false });
  recorded.add(page);
}

/** Keeps what those of the pages have run that were recorded and are still open. */
export async function keepPages(pages: readonly Page[]): Promise<void> {
  for (const page of pages.filter((page) => recorded.has(page))) {
    const scripts = await page.coverage.stopJSCoverage();
    await Deno.writeTextFile(`${folder}/${crypto.randomUUID()}.json`, JSON.stringify(scripts));
  }
}

/** What all pages have run. */
export async function* pageScripts(folder: string): AsyncGenerator<PageScript> {
  for await (const { name } of Deno.readDir(folder)) {
    yield* JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
  }
}

/** The lines that each source has code on, by its path from `root` on, and whether a page ran any of it. */
export async function linesOfPages(
  scripts: AsyncIterable<PageScript> | Iterable<PageScript>,
  bundled: readonly MappedScript[],
  root: string,
): Promise<Map<string, Map<number, boolean>>> {
  const ran = new Map<string, Uint8Array>();
  for await (const { source, functions } of scripts) {
    const { text, at } = withoutNames(source);
    const marks = marksOf(functions, source.length);
    const whole = ran.get(text) ?? new Uint8Array(text.length);
    ran.set(text, whole);
    marks.forEach((mark, offset) => mark && (whole[at(offset)] = 1));
  }
  const files = new Map<string, Map<number, boolean>>();
  for (const { text, map } of bundled) {
    const marks = ran.get(withoutNames(text).text);
    if (map && marks) mapBack(text, map, marks, root, files);
  }
  return files;
}

/** For each character, whether the innermost range around it has run. */
function marksOf(functions: PageScript["functions"], length: number): Uint8Array {
  const marks = new Uint8Array(length);
  const ranges = functions.flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) {
    marks.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return marks;
}

function mapBack(
  text: string,
  map: string,
  marks: Uint8Array,
  root: string,
  files: Map<string, Map<number, boolean>>,
): void {
  const { at } = withoutNames(text);
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  eachMapping(
    new TraceMap(map, "/web/bundle.js"),
    ({ source, originalLine, generatedLine, generatedColumn }) => {
      if (!source?.startsWith(root)) return;
      const path = source.slice(root.length);
      const lines = files.get(path) ?? new Map<number, boolean>();
      files.set(path, lines);
      const hasRun = marks[at((starts[generatedLine - 1] ?? 0) + generatedColumn)] === 1;
      lines.set(originalLine, hasRun || lines.get(originalLine) === true);
    },
  );
}

/** A script with nothing in the place of bundled files' names, and where each of its characters is then. */
function withoutNames(script: string): { readonly text: string; readonly at: (offset: number) => number } {
  const names = [...script.matchAll(NAME)].map(({ index, 0: name }) => ({
    from: index,
    to: index + name.length,
  }));
  const at = (offset: number) => {
    let gone = 0;
    for (const { from, to } of names) {
      if (offset < from) break;
      gone += Math.min(offset, to) - from;
    }
    return offset - gone;
  };
  return { text: script.replaceAll(NAME, ""), at };
}
