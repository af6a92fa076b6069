import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ComponentChildren } from "preact";
import { isValidElement } from "preact";
import { parseText } from "../../src/web/text/blocks.ts";
import { showText } from "../../src/web/text/view.tsx";

const RUNS = Number(Deno.env.get("PARLEY_PROPERTY_RUNS") ?? 300);

interface Shown {
  readonly tag: string;
  readonly props: Readonly<Record<string, unknown>>;
}

const context = {
  mentioned: (username: string) => username === "nobody" ? undefined : { isReader: username === "you" },
  codeLabel: (language: string) => `Code: ${language}`,
};

/** Every element of what is shown, and the text in them. */
function walk(nodes: ComponentChildren, visit: (element: Shown) => void): string {
  if (Array.isArray(nodes)) return nodes.map((node) => walk(node, visit)).join("");
  if (typeof nodes === "string") return nodes;
  assert(isValidElement(nodes), "neither an element nor a text");
  assert(typeof nodes.type === "string");
  const props: Readonly<Record<string, unknown>> & { children?: ComponentChildren } = nodes.props;
  visit({ tag: nodes.type, props });
  return props.children === undefined ? "" : walk(props.children, visit);
}

function elementsOf(text: string): Shown[] {
  const elements: Shown[] = [];
  walk(showText(parseText(text), context), (element) => elements.push(element));
  return elements;
}

const nasty = fc.array(
  fc.oneof(
    fc.constantFrom(..."*_~`>-.)([]<\"'\\@:/ \na1"),
    fc.constantFrom(
      "**",
      "```\n",
      "\n> ",
      "\n- ",
      "\n1. ",
      "https://a.b/",
      "javascript:alert(1)",
      "@me",
      "@nobody",
    ),
    fc.constantFrom(
      "<img src=x onerror=alert(1)>",
      "<a href='javascript:x'>",
      "&lt;",
      'https://a.b/"onclick="',
    ),
  ),
  { maxLength: 50 },
).map((parts) => parts.join(""));

const TAGS = new Set("p pre code blockquote ul ol li strong em s a bdi button".split(" "));
const PROPS = new Set("children dir href target rel class type tabIndex role aria-label value".split(" "));

Deno.test("a text is shown by elements of the allow-list, with attributes of the allow-list", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      for (const { tag, props } of elementsOf(text)) {
        assert(TAGS.has(tag), tag);
        for (const name of Object.keys(props)) assert(PROPS.has(name), name);
      }
    }),
    { numRuns: RUNS },
  );
});

Deno.test("links lead to the web, into a new tab, without a way back", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      for (const { tag, props } of elementsOf(text)) {
        assertEquals(Object.hasOwn(props, "href"), tag === "a");
        if (tag !== "a") continue;
        assert(/^https?:$/.test(new URL(String(props.href)).protocol));
        assertEquals([props.target, props.rel], ["_blank", "noopener noreferrer"]);
      }
    }),
    { numRuns: RUNS },
  );
});

Deno.test("what looks like HTML is shown as the text that it is", () => {
  const text = `<script>alert("1")</script> &amp; <b onclick='x'>y</b>`;
  assertEquals(walk(showText(parseText(text), context), () => {}), text);
  assertEquals(elementsOf(text).map(({ tag }) => tag), ["p"]);
});

Deno.test("names are isolated, and those that mean nobody are plain text", () => {
  const tags = elementsOf("@you @ann @nobody").map(({ tag, props }) => [tag, props.class]);
  assertEquals(tags, [["p", undefined], ["bdi", "mention mention-me"], ["bdi", "mention"]]);
});

Deno.test("every block lays out its text in the direction of its own letters, code from left to right", () => {
  const directions = elementsOf("مرحبا\n- שלום\n> x\n```\ny\n```").map(({ tag, props }) => [tag, props.dir]);
  const wanted: [string, string][] = [["p", "auto"], ["ul", "auto"], ["blockquote", "auto"], ["pre", "ltr"]];
  for (const [tag, dir] of wanted) {
    assertEquals(directions.filter(([name]) => name === tag).map(([, given]) => given).includes(dir), true);
  }
});
