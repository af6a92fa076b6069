/** Moves the focus between the rows of a list by arrow keys, Home and End. For the list's `onKeyDown`. */
export function moveByArrows(event: KeyboardEvent, list: HTMLElement | null): void {
  const rows = [...list?.querySelectorAll<HTMLElement>("[data-row]") ?? []];
  const next = nextIndex(event.key, rows.findIndex((row) => row === document.activeElement), rows.length);
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  rows[next]?.focus();
}

/** Where a key leads in a list of `length`, from `at` (-1 is before the first); nowhere when it is none of these. */
export function nextIndex(key: string, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  if (key === "ArrowDown") return Math.min(at + 1, length - 1);
  if (key === "ArrowUp") return Math.max(at - 1, 0);
  if (key === "Home") return 0;
  return key === "End" ? length - 1 : undefined;
}
