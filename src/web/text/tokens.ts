import { trimAddress, webAddress } from "./links.ts";
import type { Emphasis, Inline } from "./tree.ts";

/** A mark that may begin or end an emphasis. */
export interface Mark {
  readonly type: "mark";
  readonly text: string;
  readonly kind: Emphasis;
  readonly opens: boolean;
  readonly closes: boolean;
}

export type Token = Exclude<Inline, { children: unknown }> | Mark;

/** Everything that may be more than plain text; control characters that turn the direction of writing end an address. */
const SPECIAL =
  /(?<escape>\\[*_~`\\])|(?<ticks>`+)|(?<address>(?<![\p{L}\p{N}])https?:\/\/[^\s<>"\u200e\u200f\u202a-\u202e\u2066-\u2069]+)|(?<name>(?<![\p{L}\p{M}\p{N}_.+@-])@[A-Za-z0-9_]{3,30}(?![\p{L}\p{M}\p{N}_@]))|(?<marks>\*+|_+|~+)/giu;

const KINDS: Readonly<
  Record<string, readonly [mark: string, kind: Emphasis][]>
> = {
  "*": [["*", "italic"]],
  "**": [["**", "bold"]],
  "***": [["**", "bold"], ["*", "italic"]],
  "_": [["_", "italic"]],
  "__": [["__", "bold"]],
  "___": [["__", "bold"], ["_", "italic"]],
  "~~": [["~~", "strike"]],
};

/** Splits a text into tokens; their texts, with the ticks around code, joined are the text. Linear in its length. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const ends = codeEnds(text);
  const special = new RegExp(SPECIAL);
  let from = 0;
  for (let found = special.exec(text); found; found = special.exec(text)) {
    const made = tokensOf(found, text, ends);
    if (!made) continue;
    if (found.index > from) {
      tokens.push({ type: "text", text: text.slice(from, found.index) });
    }
    tokens.push(...made.tokens);
    from = special.lastIndex = made.end;
  }
  if (from < text.length) tokens.push({ type: "text", text: text.slice(from) });
  return tokens;
}

interface Made {
  readonly tokens: readonly Token[];
  readonly end: number;
}

function tokensOf(
  found: RegExpExecArray,
  text: string,
  ends: ReadonlyMap<number, number>,
): Made | undefined {
  const { ticks, address, name, marks } = found.groups ?? {};
  const end = found.index + found[0].length;
  if (ticks) return codeAt(text, end, ends.get(found.index));
  if (address) return linkAt(address, found.index);
  if (name) {
    return {
      tokens: [{
        type: "mention",
        username: name.slice(1).toLowerCase(),
        text: name,
      }],
      end,
    };
  }
  if (marks) return marksAt(text, found.index, end, marks);
  return undefined;
}

function codeAt(
  text: string,
  start: number,
  end: number | undefined,
): Made | undefined {
  if (end === undefined) return undefined;
  const ticks = /^`+/.exec(text.slice(end))?.[0].length ?? 0;
  return {
    tokens: [{ type: "code", text: text.slice(start, end) }],
    end: end + ticks,
  };
}

function linkAt(run: string, index: number): Made | undefined {
  const text = trimAddress(run);
  const href = webAddress(text);
  if (href === undefined) return undefined;
  return { tokens: [{ type: "link", href, text }], end: index + text.length };
}

/**
 * Opening and closing follow CommonMark's flanking rules (0.31.2, 6.2), but a star between Latin letters or digits
 * means multiplication, as in `2*3*4`. Longer runs of a mark are plain.
 */
function marksAt(
  text: string,
  start: number,
  end: number,
  marks: string,
): Made | undefined {
  const kinds = KINDS[marks];
  if (!kinds) return undefined;
  const [before, after] = [
    codePointBefore(text, start),
    codePointAt(text, end),
  ];
  const left = !isSpace(after) &&
    (!isPunctuation(after) || isSpace(before) || isPunctuation(before));
  const right = !isSpace(before) &&
    (!isPunctuation(before) || isSpace(after) || isPunctuation(after));
  const inWord = left && right &&
    (marks.startsWith("_") || (isLatin(before) && isLatin(after)));
  const opens = left && (!inWord || isPunctuation(before));
  const closes = right && (!inWord || isPunctuation(after));
  if (!opens && !closes) return undefined;
  const ordered = closes && !opens ? kinds.toReversed() : kinds;
  return {
    tokens: ordered.map(([mark, kind]) => ({
      type: "mark",
      text: mark,
      kind,
      opens,
      closes,
    })),
    end,
  };
}

/** For the place of each run of ticks: that of the next run of the same length. */
function codeEnds(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  if (!text.includes("`")) return ends;
  const open = new Map<number, number>();
  for (const { index, 0: { length } } of text.matchAll(/`+/g)) {
    const start = open.get(length);
    if (start !== undefined && start + length < index) ends.set(start, index);
    open.set(length, index);
  }
  return ends;
}

function isSpace(character: string): boolean {
  return character === "" || /^\s/u.test(character);
}

function isLatin(character: string): boolean {
  return /^[A-Za-z0-9]$/.test(character);
}

function isPunctuation(character: string): boolean {
  return /^[\p{P}\p{S}]/u.test(character);
}

function codePointAt(text: string, at: number): string {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : "";
}

function codePointBefore(text: string, at: number): string {
  const pair = at >= 2 && /[\udc00-\udfff]/.test(text.charAt(at - 1));
  return at === 0 ? "" : codePointAt(text, pair ? at - 2 : at - 1);
}
