import { client, navigate, openPanel, panel, route } from "../state/mod.ts";
import type { PlainKey } from "../i18n/mod.ts";
import { onceDrawn } from "../ui/mod.ts";

/** What keys do, for the help: everywhere first, then in a conversation. */
export const SHORTCUTS: readonly (readonly [keys: readonly string[], what: PlainKey])[] = [
  [["Ctrl", "K"], "help.search"],
  [["Alt", "↓"], "help.next"],
  [["Alt", "↑"], "help.previous"],
  [["?"], "help.this"],
  [["Esc"], "help.escape"],
  [["⇧", "Tab"], "shortcut.messages"],
  [["↵"], "shortcut.message_menu"],
  [["↑"], "shortcut.edit_last"],
  [["Esc"], "shortcut.to_composer"],
  [["Ctrl", "F"], "shortcut.search_here"],
];

/** Listens to the keys that work everywhere, until the answer is called. */
export function startShortcuts(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const command = commandOf(event, isTyping(event.target));
  if (!command || panel.value) return;
  event.preventDefault();
  command();
}

function commandOf(event: KeyboardEvent, typing: boolean): (() => void) | undefined {
  const { key, altKey, ctrlKey, metaKey } = event;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") return focusSearch;
  if (altKey && !ctrlKey && !metaKey && key === "ArrowDown") return () => step(1);
  if (altKey && !ctrlKey && !metaKey && key === "ArrowUp") return () => step(-1);
  if (key === "?" && !typing && !ctrlKey && !metaKey) return () => openPanel({ kind: "help" });
  return undefined;
}

/** At once where the list is on the screen, so that no key is lost; else as soon as it is back. */
function focusSearch(): void {
  const select = () => document.querySelector<HTMLInputElement>("#search")?.select();
  if (getComputedStyle(document.querySelector(".sidebar") ?? document.body).display !== "none") {
    return select();
  }
  navigate({ screen: "home" });
  onceDrawn(select);
}

/** Opens the conversation below or above in the list; the first one when none is open. */
function step(by: 1 | -1): void {
  const { all } = client().conversations;
  const here = route.value;
  const at = here.screen === "conversation" ? all.findIndex(({ id }) => id === here.id) : -1;
  const next = at === -1 ? all[0] : all[at + by];
  if (next) navigate({ screen: "conversation", id: next.id });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
