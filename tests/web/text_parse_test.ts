import { assertEquals } from "@std/assert";
import { parseText } from "../../src/web/text/blocks.ts";
import { plainText } from "../../src/web/text/tree.ts";
import type { Block, Inline } from "../../src/web/text/tree.ts";

/** A tree as it is easily read: `b(…)`, `i(…)`, `s(…)`, `code(…)`, `link(…)`, `at(…)`. */
function shown(text: string): string {
  return parseText(text).map(block).join(" | ");
}

function block(node: Block): string {
  switch (node.type) {
    case "paragraph":
      return node.children.map(inline).join("");
    case "code_block":
      return `pre:${node.language}(${node.text})`;
    case "quote":
      return `quote(${node.children.map(block).join(" | ")})`;
    case "list":
      return `list(${
        node.items.map(({ number, children }) => `${number ?? "-"} ${children.map(block).join(" | ")}`).join(
          ", ",
        )
      })`;
  }
}

function inline(node: Inline): string {
  switch (node.type) {
    case "text":
      return node.text;
    case "code":
      return `code(${node.text})`;
    case "link":
      return `link(${node.href})`;
    case "mention":
      return `at(${node.username})`;
    default:
      return `${node.type.charAt(0)}(${node.children.map(inline).join("")})`;
  }
}

function assertShown(cases: Readonly<Record<string, string>>): void {
  assertEquals(Object.fromEntries(Object.keys(cases).map((text) => [text, shown(text)])), cases);
}

Deno.test("parseText() reads emphasis, alone and inside each other", () => {
  assertShown({
    "a *b* c": "a i(b) c",
    "_b_ and **c** and __d__ and ~~e~~": "i(b) and b(c) and b(d) and s(e)",
    "***both*** of **bold _and italic_**": "b(i(both)) of b(bold and italic)".replace(
      "and italic",
      "i(and italic)",
    ),
    "*a **b***": "i(a b(b))",
    "**a *b***": "b(a i(b))",
    "*over\nlines*": "i(over\nlines)",
    "这是**重要**的": "这是b(重要)的",
    "*مهم*": "i(مهم)",
  });
});

Deno.test("parseText() leaves marks that mark nothing as they are typed", () => {
  const plain = [
    "2*3*4 and 2 * 3 * 4",
    "x**2 + y**2",
    "snake_case_name",
    "*open",
    "open**",
    "** spaced **",
    "*not\n\nover paragraphs*",
    "****",
    "****masked****",
    "~one~ ~~~three~~~",
    "¯\\_(ツ)_/¯",
    "\\*not bold\\*",
    "`open",
    ">.< >:( -5 +1 1.5",
    "#channel",
    "<b>not HTML</b> &amp; [not a link](javascript:alert(1))",
  ];
  assertEquals(plain.map(shown), plain);
});

Deno.test("parseText() closes what was opened last, and puts no emphasis inside its own kind", () => {
  assertShown({
    "*a _b* c_": "i(a _b) c_",
    "*foo *bar*": "*foo i(bar)",
    "*a _b_ c*": "i(a _b_ c)",
    "**a __b__ c**": "b(a __b__ c)",
  });
});

Deno.test("parseText() reads code, and nothing inside it", () => {
  assertShown({
    "`*a*` b": "code(*a*) b",
    "``a`b``": "code(a`b)",
    "`@ann https://x.org`": "code(@ann https://x.org)",
    "```one line```": "code(one line)",
    "```ts\nlet a = *1*;\n\n  b\n```\nafter": "pre:ts(let a = *1*;\n\n  b) | after",
    "before\n```\n> no quote\n````": "before | pre:(> no quote)",
    "```\nnever ended": "pre:(never ended)",
    "````\n```\n````": "pre:(```)",
  });
});

Deno.test("parseText() links addresses of the web, without the sentence around them", () => {
  assertShown({
    "see https://example.org/a_b_c?d=*e*.": "see link(https://example.org/a_b_c?d=*e).".replace(
      "e).",
      "e)*.",
    ),
    "(http://example.org)": "(link(http://example.org/))",
    "https://en.wikipedia.org/wiki/A_(b), then": "link(https://en.wikipedia.org/wiki/A_(b)), then",
    "**https://example.org**": "b(link(https://example.org/))",
    "HTTPS://EXAMPLE.ORG": "link(https://example.org/)",
    "https://münchen.example/ü": "link(https://xn--mnchen-3ya.example/%C3%BC)",
  });
});

Deno.test("parseText() links nothing else", () => {
  const plain = [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org",
    "file:///etc/passwd",
    "https://",
    "https://bank.example@elsewhere.example",
    "xhttps://example.org",
    "www.example.org",
    "mailto:a@example.org",
  ];
  assertEquals(plain.map(shown), plain);
});

Deno.test("parseText() ends an address where the direction of writing is turned", () => {
  assertEquals(shown("https://example.org/\u202egro.live"), "link(https://example.org/)\u202egro.live");
});

Deno.test("parseText() finds the mentions that the server finds", () => {
  assertShown({
    "@Ann_1, hi": "at(ann_1), hi",
    "(@ann)": "(at(ann))",
    "*@ann*": "i(at(ann))",
    "a@ann.org @an @@ann": "a@ann.org @an @@ann",
  });
});

Deno.test("parseText() reads quotes and lists", () => {
  assertShown({
    "> a\n> *b*\nc": "quote(a\ni(b)) | c",
    "> > deep\n>\n> less": "quote(quote(deep) | less)",
    "Buy:\n- milk\n- *bread*\n\nnow": "Buy: | list(- milk, - i(bread)) | now",
    "3. c\n2. b\n1. a": "list(3 c, 2 b, 1 a)",
    "- a\n  - b\n  more\n- c": "list(- a | list(- b) | more, - c)",
    "1) a\n1. b": "list(1 a) | list(1 b)",
    "* a\n- b": "list(- a) | list(- b)",
  });
});

Deno.test("parseText() keeps the lines and the white space of a paragraph", () => {
  assertEquals(shown("a\n\n\n  b  \tc\r\nd"), "a\n\n\n  b  \tc\nd");
  assertEquals(parseText(" \n "), []);
});

Deno.test("plainText() says the words without the marks", () => {
  const text = "*a* `b` https://x.org @ann\n> c\n- d\n- e\n```\nf\n```";
  assertEquals(plainText(parseText(text)), "a b https://x.org @ann\nc\nd\ne\nf");
});
