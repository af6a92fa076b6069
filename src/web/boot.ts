import { applyTheme, watchTheme } from "./state/theme.ts";

// Runs before the first paint, so that nobody sees the wrong colours.
applyTheme();
watchTheme();
