import type { Row } from "./rows.ts";

/** The keys of the rows whose text holds what is looked for, whatever its case and accents; the latest first. */
export function hitsIn(rows: readonly Row[], query: string): string[] {
  const wanted = plain(query.trim());
  if (wanted === "") return [];
  return rows.filter((row) =>
    row.kind === "message" && plain(row.local.message.content.text).includes(wanted)
  )
    .map(({ key }) => key)
    .reverse();
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
