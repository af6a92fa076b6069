/** A text as it is searched: without accents, in small letters, whatever its composition. */
export function searchable(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLocaleLowerCase().normalize("NFC");
}

/** Whether every word of `query` begins a word of `texts`; an empty query finds everything. */
export function matches(query: string, texts: readonly (string | null | undefined)[]): boolean {
  const wanted = wordsOf(query);
  const words = texts.flatMap((text) => wordsOf(text ?? ""));
  return wanted.every((word) => words.some((known) => known.startsWith(word)));
}

function wordsOf(text: string): string[] {
  return searchable(text).split(/[\s@._\-/,;:()]+/).filter((word) => word !== "");
}
