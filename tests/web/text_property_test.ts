import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseText } from "../../src/web/text/blocks.ts";
import type { Block, Inline } from "../../src/web/text/tree.ts";

const RUNS = Number(Deno.env.get("PARLEY_PROPERTY_RUNS") ?? 300);

/** Texts made of what the grammar is made of, and of what one tries against it. */
const nasty = fc.array(
  fc.oneof(
    fc.constantFrom(..."*_~`>-+.)([]{}<>\"'\\@:/?#&=!|\n\t 019ab\u202e\u200b\u00a0"),
    fc.constantFrom(
      "**",
      "__",
      "~~",
      "```",
      "\n```\n",
      "> ",
      "\n> ",
      "\n- ",
      "\n1. ",
      "\n\n",
      "  - ",
      "```js\n",
    ),
    fc.constantFrom(
      "https://",
      "http://a.b/",
      "javascript:",
      "data:text/html,",
      "https://a@b",
      "@ann",
      "@@",
      "a@b.c",
    ),
    fc.constantFrom("<script>", "</p>", "&lt;", "[a](b)", "![a](b)", "مرحبا", "日本", "❤️", "👩🏽‍🚀", "e\u0301"),
    fc.string({ unit: "grapheme", maxLength: 6 }),
  ),
  { maxLength: 60 },
).map((parts) => parts.join(""));

/** What is shown, with what is shown by other means than text: the language of code, the numbers of lists. */
function shown(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    switch (block.type) {
      case "paragraph":
        return inlines(block.children);
      case "code_block":
        return `${block.language} ${block.text}`;
      case "quote":
        return shown(block.children);
      case "list":
        return block.items.map(({ number, children }) => `${number ?? ""} ${shown(children)}`).join(" ");
    }
  }).join(" ");
}

function inlines(nodes: readonly Inline[]): string {
  return nodes.map((node) => "children" in node ? inlines(node.children) : node.text).join("");
}

/** The text without white space and without the characters that marks are made of. */
function words(text: string): string {
  return text.replaceAll(/[\s*_~`>.)+•-]/g, "");
}

function walk(
  blocks: readonly Block[],
  visit: (node: Block | Inline, depth: number) => void,
  depth = 1,
): void {
  for (const block of blocks) {
    visit(block, depth);
    if (block.type === "paragraph") walkInline(block.children, visit, depth + 1);
    if (block.type === "quote") walk(block.children, visit, depth + 1);
    if (block.type === "list") { for (const { children } of block.items) walk(children, visit, depth + 1); }
  }
}

function walkInline(
  nodes: readonly Inline[],
  visit: (node: Inline, depth: number) => void,
  depth: number,
): void {
  for (const node of nodes) {
    visit(node, depth);
    if ("children" in node) walkInline(node.children, visit, depth + 1);
  }
}

const KINDS = new Set("paragraph code_block quote list text bold italic strike code link mention".split(" "));

Deno.test("no word of a text is lost, doubled, moved or made up", () => {
  fc.assert(
    fc.property(nasty, (text) => assertEquals(words(shown(parseText(text))), words(text))),
    { numRuns: RUNS },
  );
});

Deno.test("a text holds nothing but the known kinds, and no address but of the web", () => {
  fc.assert(
    fc.property(nasty, (text) =>
      walk(parseText(text), (node) => {
        assert(KINDS.has(node.type), node.type);
        if (node.type !== "link") return;
        assert(/^https?:\/\/[^/@]+/i.test(node.href), node.href);
        assert(text.includes(node.text));
        assertEquals(new URL(node.text).href, node.href);
      })),
    { numRuns: RUNS },
  );
});

Deno.test("however it is written, a text is at most a dozen levels deep", () => {
  fc.assert(
    fc.property(nasty, (text) => walk(parseText(text), (_, depth) => assert(depth <= 12))),
    { numRuns: RUNS },
  );
});

Deno.test("a text without any marks is itself", () => {
  const plain = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 })
    .map((text) => `a${text.replaceAll(/[*_~`@>•+.)\r\n-]|:\/\//g, "")}z`);
  fc.assert(
    fc.property(plain, (text) => {
      assertEquals(parseText(text), [{ type: "paragraph", children: [{ type: "text", text }] }]);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("texts that are hard to read take no longer than their length, be they a quarter of a million characters", () => {
  const patterns = [
    ..."*_~`@(>\\\n ",
    "**a ",
    "*a _b ",
    "*a**b_",
    "> ",
    ">> ",
    "- ",
    "1. ",
    "\n- ",
    "  - ",
    "\n \n",
    "```\n",
    "`a``",
    "@aa",
    "https://",
    "https://(",
    "https://)",
    "https://a.b/)*_",
    "a*",
    "*a",
    "_a_",
    "~~a",
  ];
  for (const pattern of patterns) {
    const text = pattern.repeat(Math.ceil(250_000 / pattern.length));
    assertEquals(words(shown(parseText(text))), words(text));
  }
});
