/** A table of a Markdown text: rows by the names of their columns, in lower case. */
export type Table = readonly Readonly<Record<string, string>>[];

/** Reads the tables of a Markdown text, in order; backquotes and blanks around a cell are taken off. */
export function parseTables(text: string): Table[] {
  const blocks = text.matchAll(/(?:^\|.*\|[ \t]*\n?)+/gm);
  return [...blocks].map(([block]) => {
    const [header = [], , ...rows] = block.trimEnd().split("\n").map(cells);
    return rows.map((row) => Object.fromEntries(header.map((name, i) => [name.toLowerCase(), row[i] ?? ""])));
  });
}

/** The table that has all of these columns; throws when there is none. */
export function tableWith(tables: readonly Table[], ...columns: readonly string[]): Table {
  const found = tables.find(([row]) => row && columns.every((column) => column in row));
  if (!found) throw new Error(`there is no table with the columns ${columns.join(", ")}`);
  return found;
}

function cells(line: string): string[] {
  return line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1"));
}
