import type { Catalog, Emoji } from "./catalog.ts";

const MOST = 80;

/**
 * The emoji that every word of the query fits, the best first: those whose name begins so, then those that have such
 * a word in their name, then in what else they are looked for by. An emoji itself finds itself.
 */
export function searchEmoji(catalog: Catalog, query: string, limit = MOST): Emoji[] {
  const terms = query.toLowerCase().split(/[\s:_]+/).filter(Boolean);
  if (terms.length === 0) return [];
  const found: { readonly emoji: Emoji; readonly rank: number }[] = [];
  for (const { emojis } of catalog) {
    for (const emoji of emojis) {
      const rank = rankOf(emoji, terms);
      if (rank !== undefined) found.push({ emoji, rank });
    }
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, limit).map(({ emoji }) => emoji);
}

function rankOf(emoji: Emoji, terms: readonly string[]): number | undefined {
  let sum = 0;
  for (const term of terms) {
    const rank = rankOfTerm(emoji, term);
    if (rank === undefined) return undefined;
    sum += rank;
  }
  return sum;
}

function rankOfTerm({ emoji, name, words }: Emoji, term: string): number | undefined {
  const lower = name.toLowerCase();
  if (emoji === term || lower === term) return 0;
  if (lower.startsWith(term)) return 1;
  if (hasWord(lower, term)) return 2;
  if (` ${words} `.includes(` ${term} `)) return 3;
  if (hasWord(words, term)) return 4;
  return undefined;
}

function hasWord(words: string, beginning: string): boolean {
  return words.startsWith(beginning) || words.includes(` ${beginning}`) || words.includes(`-${beginning}`);
}
