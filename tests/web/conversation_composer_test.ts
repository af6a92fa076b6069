import { assertEquals } from "@std/assert";
import { charactersLeft, MAX_LENGTH } from "../../src/web/conversation/length.ts";
import { complete, completions, startedMention } from "../../src/web/conversation/mention_completion.ts";

const person = (username: string, firstName: string, lastName = "") => ({
  id: username,
  username,
  firstName,
  lastName,
});
const people = [
  person("zoe", "Zoë", "Ångström"),
  person("anna", "Anna", "Berg"),
  person("andre", "André", "Zola"),
  person("hanna_k", "Johanna", "Klein"),
];
const found = (query: string) => completions(people, query).map(({ username }) => username);

/** The mention started where `|` stands. */
const started = (marked: string) => startedMention(marked.replace("|", ""), marked.indexOf("|"));

Deno.test("startedMention() finds what is being typed behind an @, up to where the caret stands", () => {
  assertEquals(started("hi @an|"), { start: 3, end: 6, query: "an" });
  assertEquals(started("@|"), { start: 0, end: 1, query: "" });
  assertEquals(started("(@zo|e_1) x"), { start: 1, end: 7, query: "zo" });
  assertEquals(started("hi\n@é|"), { start: 3, end: 5, query: "é" });
});

Deno.test("startedMention() finds none in addresses, after a space or inside a longer word", () => {
  for (const text of ["a@b|", "a.@b|", "@an |", "@@a|", "an|"]) {
    assertEquals(started(text), undefined, text);
  }
  assertEquals(started(`@${"a".repeat(31)}|`), undefined);
});

Deno.test("completions() looks at user names first, then at names, accents aside", () => {
  assertEquals(found("an"), ["andre", "anna", "zoe", "hanna_k"]);
  assertEquals(found("zo"), ["zoe", "andre"]);
  assertEquals(found("ANG"), ["zoe"]);
  assertEquals(found("joh"), ["hanna_k"]);
  assertEquals(found("nobody"), []);
  assertEquals(found("").length, 4);
});

Deno.test("complete() writes the mention out with one space behind it, and moves the caret there", () => {
  assertEquals(complete("hi @an", { start: 3, end: 6 }, "anna"), { text: "hi @anna ", caret: 9 });
  assertEquals(complete("@an you", { start: 0, end: 3 }, "anna"), { text: "@anna you", caret: 6 });
  assertEquals(complete("(@a)", { start: 1, end: 3 }, "anna"), { text: "(@anna )", caret: 7 });
});

Deno.test("charactersLeft() counts code points, and only where it matters", () => {
  assertEquals(charactersLeft("a".repeat(MAX_LENGTH - 501)), undefined);
  assertEquals(charactersLeft("a".repeat(MAX_LENGTH - 500)), 500);
  assertEquals(charactersLeft("😀".repeat(MAX_LENGTH - 3)), 3);
  assertEquals(charactersLeft("😀".repeat(MAX_LENGTH / 2)), undefined);
  assertEquals(charactersLeft("a".repeat(MAX_LENGTH + 2)), -2);
});
