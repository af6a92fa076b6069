/** How many are worth going back to. */
export const MOST_RECENT = 24;

/** What people react with before they have a habit. */
export const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

/** The list after `emoji` has been used: the latest first, each once. */
export function afterUse(recent: readonly string[], emoji: string): string[] {
  return [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MOST_RECENT);
}

/** The row offered first: `count` of what one used last, filled up with what most people use. */
export function quickRow(recent: readonly string[], count: number = QUICK.length): string[] {
  const own = recent.slice(0, Math.floor(count / 2));
  return [...own, ...QUICK.filter((emoji) => !own.includes(emoji))].slice(0, count);
}
