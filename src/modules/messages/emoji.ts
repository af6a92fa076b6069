/** A text of more emoji than this is a text. */
const MAX_EMOJI = 12;

/** Emoji of UTF-16 code units at most: the longest in the standard has 15, with room for those to come. */
const MAX_EMOJI_LENGTH = 24;

/** Emoji as Unicode recommends them for interchange (UTS #51, ED-27): sequences, skin tones, flags and keycaps too. */
const ONE = /^\p{RGI_Emoji}$/v;
const ONLY = new RegExp(`^\\p{RGI_Emoji}{1,${MAX_EMOJI}}$`, "v");

const FIRST_SYMBOL = 0xa9;
const KEYCAP = "\u20e3";

/** What keyboards leave out: the mark that shows a symbol as an emoji, unless a skin tone does. */
const UNMARKED = /(?=\p{Emoji})\P{Emoji_Presentation}(?!\ufe0f|\p{Emoji_Modifier})/gv;

/** The text as one fully qualified emoji, so that ❤ and ❤️ are one; `undefined` when it is not one. */
export function oneEmoji(text: string): string | undefined {
  if (text.length > MAX_EMOJI_LENGTH) return undefined;
  if (ONE.test(text)) return text;
  const qualified = text.replace(UNMARKED, "$&\ufe0f");
  return ONE.test(qualified) ? qualified : undefined;
}

/** Whether a text is nothing but one to twelve emoji. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > MAX_EMOJI * MAX_EMOJI_LENGTH) return false;
  // Plain texts start below the first symbol, and only keycaps do so too: most are done here.
  if (text.charCodeAt(0) < FIRST_SYMBOL && !text.includes(KEYCAP)) return false;
  return ONLY.test(text);
}
