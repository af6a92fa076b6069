import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";

/** Something is on its way; `small` stands in for an icon and says nothing. */
export function Spinner({ small = false }: { readonly small?: boolean }): JSX.Element {
  if (small) return <span class="spinner spinner-small" aria-hidden="true" />;
  return <span class="spinner" role="status" aria-label={t("ui.loading")} />;
}
