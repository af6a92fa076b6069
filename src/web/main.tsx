import { render } from "preact";
import { startLanguage } from "./i18n/mod.ts";
import { startRouting } from "./state/route.ts";
import { Toasts } from "./ui/mod.ts";

await startLanguage();
startRouting();
const root = document.getElementById("app");
if (root) render(<Toasts />, root);
