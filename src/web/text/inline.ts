import type { Mark, Token } from "./tokens.ts";
import { tokenize } from "./tokens.ts";
import type { Emphasis, Inline } from "./tree.ts";

/** A blank line, which no emphasis and no code goes across. */
const BLANK_LINE = /(\n[ \t]*\n\s*)/;

/** Reads lines of text: emphasis, code, addresses and mentions, the rest as it stands. Linear in its length. */
export function parseInline(text: string): Inline[] {
  if (!/[*_~`@]|:\/\//.test(text)) {
    return text === "" ? [] : [{ type: "text", text }];
  }
  const nodes: Inline[] = [];
  for (const part of text.split(BLANK_LINE)) {
    for (const node of parsePart(part)) {
      append(nodes, node);
    }
  }
  return nodes;
}

function parsePart(text: string): Inline[] {
  const tokens = tokenize(text);
  const pairs = pairMarks(tokens);
  return new Tree(tokens, pairs).nodes(0, tokens.length);
}

/**
 * The places of opening marks with those of the marks that close them. Pairs lie inside or beside each other, and no
 * emphasis inside one of its kind: so trees are at most as deep as there are kinds. Two marks that close as one run
 * (`***`) are put in the order that fits.
 */
function pairMarks(tokens: Token[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const open = new OpenMarks();
  for (let index = 0; index < tokens.length; index++) {
    const [first, second] = [tokens[index], tokens[index + 1]];
    const swapped = first?.type === "mark" && second?.type === "mark" && !first.opens &&
      open.last(second) > open.last(first);
    if (swapped) tokens.splice(index, 2, second, first);
    const token = tokens[index];
    if (token?.type !== "mark") continue;
    const opening = token.closes ? open.close(token, index) : undefined;
    if (opening !== undefined) pairs.set(opening, index);
    else if (token.opens) open.open(token, index);
  }
  return withoutNested(tokens, pairs);
}

/** Marks that are still to be closed: for each kind of mark a stack of their places. */
class OpenMarks {
  readonly #stacks = new Map<string, number[]>();

  open(mark: Mark, index: number): void {
    const stack = this.#stacks.get(mark.text);
    if (stack) stack.push(index);
    else this.#stacks.set(mark.text, [index]);
  }

  /** The place of the last open mark of the same kind; -1 without one. */
  last(mark: Mark): number {
    return this.#stacks.get(mark.text)?.at(-1) ?? -1;
  }

  /** Takes the last open mark of the same kind, if it encloses anything, and whatever was opened after it. */
  close(mark: Mark, index: number): number | undefined {
    const opening = this.last(mark);
    if (opening < 0 || opening === index - 1) return undefined;
    for (const stack of this.#stacks.values()) {
      while ((stack.at(-1) ?? -1) >= opening) stack.pop();
    }
    return opening;
  }
}

function withoutNested(
  tokens: readonly Token[],
  pairs: ReadonlyMap<number, number>,
): Map<number, number> {
  const kept = new Map<number, number>();
  const ends = new Map<Emphasis, number>();
  tokens.forEach((token, index) => {
    const end = pairs.get(index);
    if (
      token.type !== "mark" || end === undefined ||
      index < (ends.get(token.kind) ?? 0)
    ) return;
    kept.set(index, end);
    ends.set(token.kind, end);
  });
  return kept;
}

class Tree {
  readonly #tokens: readonly Token[];
  readonly #pairs: ReadonlyMap<number, number>;

  constructor(tokens: readonly Token[], pairs: ReadonlyMap<number, number>) {
    this.#tokens = tokens;
    this.#pairs = pairs;
  }

  nodes(from: number, to: number): Inline[] {
    const nodes: Inline[] = [];
    for (let at = from; at < to; at++) {
      const token = this.#tokens[at];
      if (!token) break;
      const end = this.#pairs.get(at);
      if (token.type !== "mark") append(nodes, token);
      else if (end === undefined) {
        append(nodes, { type: "text", text: token.text });
      } else {
        nodes.push({ type: token.kind, children: this.nodes(at + 1, end) });
        at = end;
      }
    }
    return nodes;
  }
}

/** Neighbouring texts become one. */
function append(nodes: Inline[], node: Inline): void {
  const last = nodes.at(-1);
  if (node.type === "text" && last?.type === "text") {
    nodes[nodes.length - 1] = { ...last, text: last.text + node.text };
  } else nodes.push(node);
}
