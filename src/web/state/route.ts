import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { parsePath, pathOf } from "../paths.ts";
import type { Route } from "../paths.ts";
import { atScreen, settleSteps, tookStep } from "./layers.ts";

const current = signal<Route>({ screen: "home" });

/** Where the app is; a new object with each navigation, also to the same place. */
export const route: ReadonlySignal<Route> = current;

/** Goes somewhere; `replace` leaves no step to come back to. */
export function navigate(to: Route, { replace = false } = {}): void {
  const path = pathOf(to);
  atScreen(() => {
    if (replace || path === location.pathname) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
  });
  current.value = to;
}

/** Reads where the page was opened, and follows the browser's buttons and links inside the app from there. */
export function startRouting(): void {
  const read = () => void (current.value = parsePath(location.pathname));
  read();
  // The page begins without layers.
  settleSteps();
  addEventListener("popstate", () => {
    if (tookStep() && location.pathname !== pathOf(current.value)) read();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !isPlain(event) || !staysInside(link)) return;
    event.preventDefault();
    navigate(parsePath(new URL(link.href).pathname));
  });
}

function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.defaultPrevented && !event.metaKey && !event.ctrlKey &&
    !event.shiftKey &&
    !event.altKey;
}

function staysInside(link: HTMLAnchorElement): boolean {
  return link.origin === location.origin && !link.target && !link.hasAttribute("download") && !link.hash;
}
