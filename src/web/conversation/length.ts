/** Characters that a message can have, counted as Unicode code points. */
export const MAX_LENGTH = 8_000;

/** From here on it is shown how many are left. */
const NEAR = 500;

/** How many characters are left, once that matters; negative when there are too many. */
export function charactersLeft(text: string): number | undefined {
  if (text.length < MAX_LENGTH - NEAR) return undefined;
  let count = 0;
  for (const _ of text) count++;
  return count < MAX_LENGTH - NEAR ? undefined : MAX_LENGTH - count;
}
