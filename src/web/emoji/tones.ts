/** Skin tones, the lightest first (UTS #51, 2.4); the first is none. */
export const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;
export type Tone = (typeof TONES)[number];

/** Who can have a skin tone, with the mark for showing it as a picture, which the tone replaces. */
const BASE = /\p{Emoji_Modifier_Base}\ufe0f?/gu;

/** Hands that people hold keep their colour. */
const HELD_HANDS = /(?<=\u200d)\u{1f91d}/u;

/** The emoji with everyone in it of one skin tone. Only for those that have tones. */
export function withTone(emoji: string, tone: Tone): string {
  if (tone === "") return emoji;
  const keep = HELD_HANDS.exec(emoji)?.index;
  return emoji.replace(BASE, (base, at) => at === keep ? base : base.replace("\ufe0f", "") + tone);
}
