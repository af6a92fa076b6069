/** What may end a sentence, a quotation or an emphasis rather than an address. */
const TRAILING = /[.,:;!?'"*_~`)\]}>»”’…،؛؟。、]/;

const OPENING: Readonly<Record<string, string>> = {
  ")": "(",
  "]": "[",
  "}": "{",
};

/**
 * The address that `run`, a stretch without white space that begins with `http://` or `https://`, starts with:
 * without what belongs to the sentence around it. A closing bracket stays where the address has opened one.
 */
export function trimAddress(run: string): string {
  const open = new Map(
    Object.values(OPENING).map((bracket) => [bracket, count(run, bracket)]),
  );
  const closed = new Map(
    Object.keys(OPENING).map((bracket) => [bracket, count(run, bracket)]),
  );
  let end = run.length;
  while (end > 0) {
    const last = run.charAt(end - 1);
    if (!TRAILING.test(last)) break;
    const opening = OPENING[last];
    const excess = opening === undefined ? 1 : (closed.get(last) ?? 0) - (open.get(opening) ?? 0);
    if (excess <= 0) break;
    if (opening !== undefined) closed.set(last, (closed.get(last) ?? 0) - 1);
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
  let found = 0;
  for (
    let at = text.indexOf(character);
    at >= 0;
    at = text.indexOf(character, at + 1)
  ) found++;
  return found;
}
