/** Moves the focus among the emoji of a picker as they stand on the screen, and from its search down to them. */
export function moveInGrid(event: KeyboardEvent, root: HTMLElement | null): void {
  const focused = document.activeElement;
  if (!root || !(focused instanceof HTMLElement) || !root.contains(focused)) return;
  const cells = [...root.querySelectorAll<HTMLElement>(".emoji-picker-emoji")];
  const at = cells.findIndex((cell) => cell === focused);
  const search = root.querySelector<HTMLElement>("input");
  if (at < 0) {
    if (focused !== search || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") cells[0]?.click();
    else cells[0]?.focus();
    return;
  }
  const next = nextCell(event.key, cells, at, getComputedStyle(root).direction === "rtl") ??
    (event.key === "ArrowUp" ? search : undefined);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function nextCell(
  key: string,
  cells: readonly HTMLElement[],
  at: number,
  isMirrored: boolean,
): HTMLElement | undefined {
  switch (key) {
    case "ArrowRight":
      return cells[at + (isMirrored ? -1 : 1)];
    case "ArrowLeft":
      return cells[at + (isMirrored ? 1 : -1)];
    case "ArrowDown":
      return below(cells.slice(at + 1), cells[at]);
    case "ArrowUp":
      return below(cells.slice(0, at).reverse(), cells[at]);
    case "Home":
      return cells[0];
    case "End":
      return cells.at(-1);
  }
  return undefined;
}

/** The nearest in another line, above or below: the first line met decides. */
function below(cells: readonly HTMLElement[], from: HTMLElement | undefined): HTMLElement | undefined {
  const start = from?.getBoundingClientRect();
  if (!start) return undefined;
  const other = cells.find((cell) => Math.abs(cell.getBoundingClientRect().top - start.top) > 4);
  const line = other?.getBoundingClientRect().top;
  if (line === undefined) return undefined;
  let best: HTMLElement | undefined;
  let distance = Infinity;
  for (const cell of cells) {
    const { top, left } = cell.getBoundingClientRect();
    if (Math.abs(top - start.top) <= 4) continue;
    if (Math.abs(top - line) > 4) break;
    if (Math.abs(left - start.left) < distance) [best, distance] = [cell, Math.abs(left - start.left)];
  }
  return best;
}
