import { onceDrawn } from "../ui/mod.ts";
import { actionsOf, edit, mayReply, reply } from "./actions.ts";
import type { MessageRow } from "./rows.ts";
import type { Stage } from "./stage.ts";

/** What the keyboard does among the messages. */
export function onHistoryKey(stage: Stage, event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  const element = target?.closest<HTMLElement>(".entry-message");
  const row = element ? rowOf(stage, element) : undefined;
  if (!element || !row || event.ctrlKey || event.metaKey || event.altKey) return;
  const isInside = target !== element;
  const act = (run: () => void) => {
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  switch (event.key) {
    case "ArrowUp":
      return act(() => step(stage, row.key, -1));
    case "ArrowDown":
      return act(() => step(stage, row.key, 1));
    case "ArrowRight":
    case "ArrowLeft":
      return act(() => turn(element, isAlong(event.key, element) ? 1 : -1));
    case "Escape":
      return act(() => isInside ? element.focus() : stage.focusInput());
    case "End":
      return act(() => void toNewest(stage));
    case "ContextMenu":
      return act(() => openMenu(stage, element, row));
    case "Enter":
      return isInside ? undefined : act(() => openMenu(stage, element, row));
  }
  if (!isInside && !event.shiftKey) onLetter(stage, row, event.key, act);
}

/** A press of the other button, or a long touch. */
export function onHistoryMenu(stage: Stage, event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : undefined;
  const element = target?.closest<HTMLElement>(".entry-message");
  const row = element && rowOf(stage, element);
  const isNative = target?.closest("a, img") || !getSelection()?.isCollapsed;
  if (!row || isNative || !target?.closest(".bubble")) return;
  event.preventDefault();
  stage.floating.value = {
    kind: "actions",
    key: row.key,
    at: new DOMRect(event.clientX, event.clientY, 0, 0),
  };
}

function onLetter(stage: Stage, row: MessageRow, key: string, act: (run: () => void) => void): void {
  const { local } = row;
  const actions = actionsOf(stage, local);
  const wanted = actions.find(({ keys }) => keys === key.toUpperCase());
  if (key === "r" && mayReply(stage, local)) act(() => reply(stage, local));
  else if (key === "e" && wanted) act(() => edit(stage, local));
  else if (wanted) act(wanted.run);
}

function rowOf(stage: Stage, element: HTMLElement): MessageRow | undefined {
  const row = stage.rows.find(({ key }) => key === element.dataset.key);
  return row?.kind === "message" ? row : undefined;
}

function openMenu(stage: Stage, element: HTMLElement, { key }: MessageRow): void {
  const bubble = element.querySelector(".bubble") ?? element;
  stage.floating.value = { kind: "actions", key, at: bubble.getBoundingClientRect() };
}

/** Goes to the next message, drawing it first when it is not in the document; below the last one is the input. */
function step(stage: Stage, from: string, direction: 1 | -1): void {
  const next = stage.neighbour(from, direction);
  if (!next) {
    if (direction === 1) stage.focusInput();
    return;
  }
  stage.activeKey = next.key;
  stage.scroller.bringIn(next.key);
  focusRow(next.key);
}

async function toNewest(stage: Stage): Promise<void> {
  await stage.toNewest();
  const last = stage.rows.findLast(({ kind }) => kind === "message");
  if (last) focusRow(last.key);
}

/** At once, or as soon as it has been drawn. */
function focusRow(key: string): void {
  const find = () => document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  const row = find();
  if (row) row.focus({ preventScroll: true });
  else onceDrawn(() => find()?.focus({ preventScroll: true }));
}

/** Goes to the next thing in a message that can be pressed, and from the last one back to the message. */
function turn(row: HTMLElement, direction: 1 | -1): void {
  const stops = [
    row,
    ...row.querySelectorAll<HTMLElement>("a, button:not(:disabled), pre, audio, video, [role=slider]"),
  ]
    .filter((stop) => stop === row || !stop.closest(".toolbar"));
  const at = stops.findIndex((stop) => stop === document.activeElement);
  stops[(at + direction + stops.length) % stops.length]?.focus({ preventScroll: true });
}

function isAlong(key: string, element: HTMLElement): boolean {
  return (key === "ArrowRight") === (getComputedStyle(element).direction === "ltr");
}
