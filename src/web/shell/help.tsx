import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { closePanel } from "../state/mod.ts";
import { Dialog } from "../ui/mod.ts";
import { SHORTCUTS } from "./shortcuts.ts";

/** What the keyboard does. */
export function Help(): JSX.Element {
  return (
    <Dialog title={t("help.title")} onClose={closePanel}>
      <dl class="shortcuts">
        {SHORTCUTS.map(([keys, what]) => (
          <div key={what}>
            <dt>{t(what)}</dt>
            <dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
