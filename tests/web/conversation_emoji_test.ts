import { assert, assertEquals } from "@std/assert";
import { oneEmoji } from "../../src/modules/messages/emoji.ts";
import { emojiCatalog } from "../../src/web/build/emoji.ts";
import { unpack } from "../../src/web/emoji/catalog.ts";
import type { Packed } from "../../src/web/emoji/catalog.ts";
import { isEmojiOnly } from "../../src/web/emoji/only.ts";
import { afterUse, MOST_RECENT, QUICK, quickRow } from "../../src/web/emoji/recent.ts";
import { searchEmoji } from "../../src/web/emoji/search.ts";
import { TONES, withTone } from "../../src/web/emoji/tones.ts";

const packed: Packed = JSON.parse(emojiCatalog("en"));
const catalog = unpack(packed);
const all = catalog.flatMap(({ emojis }) => emojis);

Deno.test("the catalog has every group, and each emoji once", () => {
  assertEquals(catalog.length, 9);
  assert(catalog.every(({ emojis }) => emojis.length > 50));
  assertEquals(new Set(all.map(({ emoji }) => emoji)).size, all.length);
});

Deno.test("the server takes every emoji of the catalog, in every skin tone, as it is written", () => {
  const written = all.flatMap(({ emoji, hasTones }) =>
    hasTones ? TONES.map((tone) => withTone(emoji, tone)) : [emoji]
  );
  assertEquals(written.filter((emoji) => oneEmoji(emoji) !== emoji), []);
});

Deno.test("withTone() gives everyone in an emoji the tone, and replaces the mark for a picture", () => {
  const tone = TONES[3];
  assertEquals(withTone("👍", tone), "👍🏽");
  assertEquals(withTone("☝️", tone), "☝🏽");
  assertEquals(withTone("👩‍🚀", tone), "👩🏽‍🚀");
  assertEquals(withTone("🧑‍🤝‍🧑", tone), "🧑🏽‍🤝‍🧑🏽");
  assertEquals(withTone("🤝", tone), "🤝🏽");
  assertEquals(withTone("👍", ""), "👍");
});

Deno.test("what is offered first is in the catalog", () => {
  assertEquals(QUICK.filter((quick) => !all.some(({ emoji }) => emoji === quick)), []);
});

Deno.test("searchEmoji() finds by names before it finds by other words", () => {
  const first = (query: string) => searchEmoji(catalog, query)[0]?.emoji;
  assertEquals(first("red heart"), "❤️");
  assertEquals(first("rocket"), "🚀");
  assertEquals(first("flag: germany"), "🇩🇪");
  assertEquals(first("thumbs up"), "👍");
  assertEquals(first("❤️"), "❤️");
  assert(searchEmoji(catalog, "lol").some(({ emoji }) => emoji === "😂"));
});

Deno.test("every emoji has a German name of its own, and is found by German words", () => {
  const german = unpack(JSON.parse(emojiCatalog("de")));
  const names = german.flatMap(({ emojis }) => emojis);
  assertEquals(names.map(({ emoji }) => emoji), all.map(({ emoji }) => emoji));
  const english = names.filter(({ name }, index) => name === all[index]?.name).map(({ name }) => name);
  // What both languages call alike: countries, and words that travelled.
  assert(english.length < all.length / 10, `${english.length}: ${english.slice(0, 20)}`);
  const first = (query: string) => searchEmoji(german, query)[0]?.emoji;
  assertEquals(first("rotes herz"), "❤️");
  assertEquals(first("rakete"), "🚀");
  assertEquals(first("daumen hoch"), "👍");
  assertEquals(first("Deutschland"), "🇩🇪");
  assert(searchEmoji(german, "lachen").some(({ emoji }) => emoji === "😂"));
});

Deno.test("searchEmoji() wants every word to fit, and finds nothing for none", () => {
  assert(searchEmoji(catalog, "CAT").length > searchEmoji(catalog, "cat joy").length);
  assertEquals(searchEmoji(catalog, "cat submarine"), []);
  assertEquals(searchEmoji(catalog, "  "), []);
  assertEquals(searchEmoji(catalog, "a", 5).length, 5);
});

Deno.test("isEmojiOnly() knows one to twelve emoji, spaced or not", () => {
  for (const text of ["😀", "❤️", "👩🏽‍🚀 🇩🇪", "👍🏽".repeat(12)]) assert(isEmojiOnly(text), text);
  for (const text of ["", "a", "😀a", "1", "©", "👍".repeat(13), " "]) assert(!isEmojiOnly(text), text);
});

Deno.test("afterUse() keeps the latest first, each once, and not too many", () => {
  assertEquals(afterUse(["a", "b", "c"], "b"), ["b", "a", "c"]);
  const many = Array.from({ length: MOST_RECENT }, (_, i) => `${i}`);
  assertEquals(afterUse(many, "new").length, MOST_RECENT);
});

Deno.test("quickRow() mixes one's own with what most people use, each once", () => {
  assertEquals(quickRow([]), [...QUICK]);
  assertEquals(quickRow(["🚀", "👍", "🎉", "🔥"]), ["🚀", "👍", "🎉", "❤️", "😂", "😮"]);
});
