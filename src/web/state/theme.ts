import { keep, recall } from "../local.ts";

/** A colour scheme; `auto` is the system's. */
export type Theme = "light" | "dark" | "auto";

const KEY = "parley.theme";
const DARK = "(prefers-color-scheme: dark)";

/** The theme that was chosen on this device. */
export function storedTheme(): Theme {
  const stored = recall(KEY);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

/** Keeps a choice for the next start, and shows it. */
export function chooseTheme(theme: Theme): void {
  keep(KEY, theme);
  applyTheme(theme);
}

/** Gives the page the colours of a theme. */
export function applyTheme(theme: Theme = storedTheme()): void {
  const dark = theme === "dark" || (theme === "auto" && matchMedia(DARK).matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

/** Follows the system for as long as the page is there. */
export function watchTheme(): void {
  matchMedia(DARK).addEventListener("change", () => applyTheme());
}
