/** What may end a sentence, a quotation or an emphasis rather than an address. */
const TRAILING = /[.,:;!?'"*_~`)\]}>»”’…،؛؟。、]/;

/** What each closing bracket closes. */
const OPENING = { ")": "(", "]": "[", "}": "{" };

/**
 * The address that `run`, a stretch without white space that begins with `http://` or `https://`, starts with:
 * without what belongs to the sentence around it. A closing bracket stays where the address has opened one.
 */
export function trimAddress(run: string): string {
  // How many more of each bracket are closed than opened.
  const excess = new Map(
    Object.entries(OPENING).map(([closing, opening]) => [closing, count(run, closing) - count(run, opening)]),
  );
  let end = run.length;
  while (end > 0) {
    const last = run.charAt(end - 1);
    const over = excess.get(last) ?? 1;
    if (!TRAILING.test(last) || over <= 0) break;
    if (excess.has(last)) excess.set(last, over - 1);
    end--;
  }
  return run.slice(0, end);
}

/**
 * Where a link with this text may lead; `undefined` when it is no address of the web, or one that shows another host
 * than it leads to (`https://bank.example@elsewhere.example`).
 */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  const web = protocol === "http:" || protocol === "https:";
  return web && hostname !== "" && username === "" && password === "" ? href : undefined;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
