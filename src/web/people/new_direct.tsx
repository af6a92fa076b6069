import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { closePanel } from "../state/mod.ts";
import { Dialog } from "../ui/mod.ts";
import { PeoplePicker } from "./picker.tsx";
import { writeTo } from "./start.ts";

/** Whom to write to. */
export function NewDirect(): JSX.Element {
  return (
    <Dialog title={t("new.direct")} onClose={closePanel}>
      <PeoplePicker chosen={new Set()} onChoose={(person) => void writeTo(person.id)} />
    </Dialog>
  );
}
