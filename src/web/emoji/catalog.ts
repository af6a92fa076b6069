/** Emoji by their groups, in the order of the standard. The build makes it, and the app loads it when it is needed. */
export type Catalog = readonly Group[];

export interface Group {
  readonly id: GroupId;
  readonly emojis: readonly Emoji[];
}

/** Unicode's groups. */
export const GROUPS = [
  "smileys-emotion",
  "people-body",
  "animals-nature",
  "food-drink",
  "travel-places",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;
export type GroupId = (typeof GROUPS)[number];

export interface Emoji {
  readonly emoji: string;
  /** As Unicode has it in the catalog's language. */
  readonly name: string;
  /** What one may look for beside the name, joined by spaces; lower case. */
  readonly words: string;
  readonly hasTones: boolean;
}

/** The catalog as it travels: lists of lists, and a number only where an emoji has tones. */
export type Packed = readonly (readonly [
  id: GroupId,
  emojis: readonly (readonly [emoji: string, name: string, words: string, hasTones?: 1])[],
])[];

export function pack(catalog: Catalog): Packed {
  return catalog.map(({ id, emojis }) => [
    id,
    emojis.map(({ emoji, name, words, hasTones }) =>
      hasTones ? [emoji, name, words, 1] as const : [emoji, name, words] as const
    ),
  ]);
}

export function unpack(packed: Packed): Catalog {
  return packed.map(([id, emojis]) => ({
    id,
    emojis: emojis.map(([emoji, name, words, tones]) => ({ emoji, name, words, hasTones: tones === 1 })),
  }));
}
