import type { JSX } from "preact";
import { Sidebar } from "../list/sidebar.tsx";
import { t } from "../i18n/mod.ts";
import { route } from "../state/mod.ts";
import { ConnectionLine } from "./connection_line.tsx";
import { Main } from "./main_pane.tsx";
import { Panels } from "./panels.tsx";

/** The list on one side, what was chosen on the other; on narrow screens one at a time. */
export function Frame(): JSX.Element {
  const atHome = route.value.screen === "home";
  return (
    <div class="frame">
      <a class="skip visually-hidden" href="#main">{t("frame.skip")}</a>
      <ConnectionLine />
      <div class={`panes ${atHome ? "panes-list" : "panes-main"}`}>
        <Sidebar />
        <main id="main" class="main" tabIndex={-1}>
          <Main />
        </main>
      </div>
      <Panels />
    </div>
  );
}
