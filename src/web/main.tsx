import { render } from "preact";
import { createClient, indexedDbStorage } from "../client/mod.ts";
import { guardDrops } from "./files/drop.tsx";
import { startLanguage } from "./i18n/mod.ts";
import { App } from "./shell/app.tsx";
import { startSession } from "./session.ts";
import { startUpdates } from "./shell/update.ts";
import { startRouting } from "./state/route.ts";

startRouting();
guardDrops();
await startLanguage();
await startSession(createClient({ storage: indexedDbStorage("parley") }));
const root = document.getElementById("app");
root?.replaceChildren();
if (root) render(<App />, root);
await startUpdates();
