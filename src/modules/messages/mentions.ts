/** Users whom one message can mention. */
export const MAX_MENTIONS = 50;

/** A user's name after an `@` that no word goes before, so that the domain of an e-mail address is none. */
const MENTION = /(?<![\p{L}\p{M}\p{N}_.+@-])@([A-Za-z0-9_]{3,30})(?![\p{L}\p{M}\p{N}_@])/gu;

const NONE: readonly string[] = [];

/** The names that a text mentions as `@username`, in lower case, each once, in order, at most `MAX_MENTIONS`. */
export function mentionedNames(text: string): readonly string[] {
  if (!text.includes("@")) return NONE;
  const names = new Set<string>();
  for (const [, name] of text.matchAll(MENTION)) {
    if (name) names.add(name.toLowerCase());
    if (names.size === MAX_MENTIONS) break;
  }
  return [...names];
}
