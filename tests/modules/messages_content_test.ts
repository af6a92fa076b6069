import { assertEquals } from "@std/assert";
import { readContent, requestDigest, textType } from "../../src/modules/messages/content.ts";
import { isEmojiOnly, oneEmoji } from "../../src/modules/messages/emoji.ts";
import { MAX_MENTIONS, mentionedNames } from "../../src/modules/messages/mentions.ts";

const EMOJI = ["👍", "❤️", "👩🏻‍❤️‍💋‍👩🏿", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "1️⃣", "#️⃣", "©️", "🧑🏽‍🚀", "🏳️‍🌈"];

Deno.test("oneEmoji() knows sequences, skin tones, flags and keycaps", () => {
  for (const emoji of EMOJI) assertEquals(oneEmoji(emoji), emoji);
});

Deno.test("oneEmoji() refuses everything but one emoji", () => {
  const wrong = [
    "",
    "a",
    "1",
    "#",
    "👍👍",
    "👍 ",
    " 👍",
    "👍a",
    "é",
    "मी",
    "\u200d",
    "\ufe0f",
    "🇩",
    "👍".repeat(20),
  ];
  for (const text of wrong) assertEquals(oneEmoji(text), undefined, JSON.stringify(text));
});

Deno.test("isEmojiOnly() takes one to twelve emoji of any length", () => {
  assertEquals(EMOJI.filter(isEmojiOnly), EMOJI);
  assertEquals(isEmojiOnly(EMOJI.join("")), true);
  assertEquals(isEmojiOnly("👩🏻‍❤️‍💋‍👩🏿".repeat(12)), true);
  assertEquals(isEmojiOnly("👍".repeat(13)), false);
});

Deno.test("isEmojiOnly() refuses texts with anything else in them", () => {
  const wrong = ["", "ok", "👍 👍", "👍!", "10", "1️⃣0", "مرحبا", "नमस्ते", "こんにちは", "👍\u0000"];
  for (const text of wrong) assertEquals(isEmojiOnly(text), false, JSON.stringify(text));
});

Deno.test("textType() keeps emoji as emoji and all else as text", () => {
  assertEquals(["🎉🎉", "🎉 party", "7"].map(textType), ["emoji", "text", "text"]);
});

Deno.test("mentionedNames() finds names wherever a word can begin", () => {
  const text = "@Ann, (@bob) see @carl_9! أهلا @dana؟ @ann";
  assertEquals(mentionedNames(text), ["ann", "bob", "carl_9", "dana"]);
});

Deno.test("mentionedNames() passes over e-mail addresses, fragments and names of a wrong length", () => {
  const text = `ann@example.com x@bob é@carl a.@dana -@eve @@frank @gil@host @ab @${
    "x".repeat(31)
  } @ @müller`;
  assertEquals(mentionedNames(text), []);
});

Deno.test("mentionedNames() stops at fifty names", () => {
  const names = Array.from({ length: MAX_MENTIONS + 1 }, (_, i) => `user_${i}`);
  assertEquals(mentionedNames(names.map((name) => `@${name}`).join(" ")), names.slice(0, MAX_MENTIONS));
});

Deno.test("mentionedNames() reads a hostile text of many @ in one pass", () => {
  assertEquals(mentionedNames("@".repeat(8_000)), []);
  assertEquals(mentionedNames("@a".repeat(4_000)), []);
});

Deno.test("requestDigest() is the same for a bare string and a text, and differs in every part of a request", () => {
  const digest = (
    content: Parameters<typeof readContent>[0],
    replyTo: string | null = null,
    clientId = "c",
  ) => requestDigest(clientId, readContent(content, 100), replyTo);
  const text = digest("👍");
  assertEquals(digest({ type: "text", text: "👍" }), text);
  const others = [
    digest("👍🏻"),
    digest({ type: "emoji", text: "👍" }),
    digest("👍", "x-1"),
    digest("👍", null, "d"),
    digest({ type: "image", text: "👍", metadata: { uploadId: "u" } }),
    digest({ type: "image", text: "👍", metadata: { uploadId: "v" } }),
    digest({ type: "file", text: "👍", metadata: { uploadId: "u" } }),
  ];
  assertEquals(new Set([text, ...others]).size, 8);
});
