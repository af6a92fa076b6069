/** Letters with a stroke or in one piece, which Unicode does not take apart. */
const PLAIN: Readonly<Record<string, string>> = { ł: "l", ø: "o", đ: "d", ı: "i", ß: "ss", æ: "ae", œ: "oe" };

/** A text as it is searched: without accents, in small letters, whatever its composition. */
function searchable(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{Mn}/gu, "").toLocaleLowerCase().normalize("NFC");
  return plain.replace(/[łøđıßæœ]/g, (letter) => PLAIN[letter] ?? letter);
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
