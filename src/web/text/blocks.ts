import { parseInline } from "./inline.ts";
import type { Block, ListItem } from "./tree.ts";

/** Quotes and lists inside others; what lies deeper is plain text. */
const MAX_DEPTH = 4;

const FENCE = /^ {0,3}(`{3,})[ \t]*([^`\s]*)[ \t]*$/;
const QUOTE = /^ {0,3}>(?: |$)/;
const ITEM = /^( {0,3})([-*+•]|(?:0|[1-9]\d{0,8})[.)])( +)(?=\S)/;
const SPECIAL = /^ {0,3}(?:`{3}|>|[-*+•] |\d{1,9}[.)] )/m;

/**
 * Reads a message's text: paragraphs, quotes (`> `), lists (`- `, `1. `), blocks of code (three ticks), and what
 * `parseInline()` knows. White space in paragraphs is kept as typed. Linear in the text's length.
 */
export function parseText(text: string): Block[] {
  return parseLines(text.split(/\r\n|[\n\r]/), 0);
}

function parseLines(lines: readonly string[], depth: number): Block[] {
  if (depth >= MAX_DEPTH || !SPECIAL.test(lines.join("\n"))) {
    return paragraphs(lines);
  }
  const blocks: Block[] = [];
  let plain: string[] = [];
  for (let at = 0; at < lines.length;) {
    const found = blockAt(lines, at, depth);
    if (found) {
      blocks.push(...paragraphs(plain), found.block);
      plain = [];
    } else plain.push(lines[at] ?? "");
    at = found?.end ?? at + 1;
  }
  return [...blocks, ...paragraphs(plain)];
}

interface Found {
  readonly block: Block;
  /** The line after it. */
  readonly end: number;
}

function blockAt(
  lines: readonly string[],
  at: number,
  depth: number,
): Found | undefined {
  const line = lines[at] ?? "";
  const fence = FENCE.exec(line);
  if (fence) return codeAt(lines, at, fence[1] ?? "", fence[2] ?? "");
  if (QUOTE.test(line)) return quoteAt(lines, at, depth);
  const item = ITEM.exec(line);
  return item ? listAt(lines, at, depth, kindOf(item)) : undefined;
}

/** Code that nobody ends goes on to the end, as in CommonMark. */
function codeAt(
  lines: readonly string[],
  at: number,
  fence: string,
  language: string,
): Found {
  let end = at + 1;
  while (end < lines.length && !isFenceEnd(lines[end] ?? "", fence)) end++;
  return {
    block: {
      type: "code_block",
      language,
      text: lines.slice(at + 1, end).join("\n"),
    },
    end: end + 1,
  };
}

function isFenceEnd(line: string, fence: string): boolean {
  const ticks = line.trim();
  return ticks.length >= fence.length && ticks.length <= line.length &&
    /^`+$/.test(ticks);
}

function quoteAt(lines: readonly string[], at: number, depth: number): Found {
  const end = endOf(lines, at, (line) => QUOTE.test(line));
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return {
    block: { type: "quote", children: parseLines(inner, depth + 1) },
    end,
  };
}

/** Items of one kind of mark; indented lines belong to the item above them. */
function listAt(
  lines: readonly string[],
  at: number,
  depth: number,
  kind: string,
): Found {
  const items: ListItem[] = [];
  let end = at;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    const found = ITEM.exec(line);
    if (!found || kindOf(found) !== kind) break;
    const width = found[0].length;
    const next = endOf(
      lines,
      end + 1,
      (below) => /^(?: {2}|\t)/.test(below) && below.trim() !== "",
    );
    const rest = lines.slice(end + 1, next).map((below) => dedented(below, width));
    const number = /\d/.test(found[0]) ? parseInt(found[0]) : null;
    items.push({
      number,
      children: parseLines([line.slice(width), ...rest], depth + 1),
    });
    end = next;
  }
  return { block: { type: "list", ordered: /[.)]/.test(kind), items }, end };
}

/** The kind of a list: its bullet, or what stands behind the number. */
function kindOf(item: RegExpExecArray): string {
  return item[2]?.slice(-1) ?? "";
}

function endOf(
  lines: readonly string[],
  from: number,
  belongs: (line: string) => boolean,
): number {
  let end = from;
  while (end < lines.length && belongs(lines[end] ?? "")) end++;
  return end;
}

/** Without the indentation of its item, be it a tab, two spaces or as much as the mark takes. */
function dedented(line: string, width: number): string {
  if (line.startsWith("\t")) return line.slice(1);
  const spaces = line.length - line.trimStart().length;
  return line.slice(Math.min(width, spaces));
}

/** Blank lines around other blocks say nothing more; those inside are kept. */
function paragraphs(lines: readonly string[]): Block[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0) return [];
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return [{
    type: "paragraph",
    children: parseInline(lines.slice(first, last + 1).join("\n")),
  }];
}
