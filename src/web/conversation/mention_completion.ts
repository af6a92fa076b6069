/** Someone who can be mentioned. */
export interface Mentionable {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A mention that is being typed: the place of its `@`, that behind its last character, and what stands between. */
export interface Started {
  readonly start: number;
  readonly end: number;
  readonly query: string;
}

const MOST = 6;
const STARTED = /(?<![\p{L}\p{M}\p{N}_.+@-])@([\p{L}\p{M}\p{N}_]{0,30})$/u;
const REST = /^\w*/;

/** The mention that the caret stands in, if any. */
export function startedMention(text: string, caret: number): Started | undefined {
  const found = STARTED.exec(text.slice(Math.max(0, caret - 40), caret));
  if (!found) return undefined;
  const query = found[1] ?? "";
  const rest = REST.exec(text.slice(caret))?.[0].length ?? 0;
  return { start: caret - query.length - 1, end: caret + rest, query };
}

/** Whom a query may mean: by the beginning of the user name, then of the first and the last name, accents aside. */
export function completions<T extends Mentionable>(people: readonly T[], query: string): T[] {
  const wanted = plain(query);
  const ranked = people.map((person) => ({ person, rank: rankOf(person, wanted) }));
  return ranked.filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || (a.person.username < b.person.username ? -1 : 1))
    .slice(0, MOST)
    .map(({ person }) => person);
}

/** The text with the mention written out and a space behind it, and where the caret then stands. */
export function complete(
  text: string,
  { start, end }: Pick<Started, "start" | "end">,
  username: string,
): { readonly text: string; readonly caret: number } {
  const rest = text.slice(end);
  const mention = `@${username}${/^\s/.test(rest) ? "" : " "}`;
  const caret = start + username.length + 2;
  return { text: text.slice(0, start) + mention + rest, caret };
}

function rankOf({ username, firstName, lastName }: Mentionable, query: string): number {
  if (username.startsWith(query)) return 0;
  if (plain(firstName).startsWith(query)) return 1;
  if (plain(lastName).startsWith(query)) return 2;
  return username.includes(query) ? 3 : Infinity;
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
