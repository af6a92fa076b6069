import type { JSX } from "preact";
import { formatNumber, t } from "../i18n/mod.ts";

/** How many are unread; nothing at 0. `quiet` where the reader wants no notice. */
export function Badge(
  { count, quiet = false }: { readonly count: number; readonly quiet?: boolean },
): JSX.Element | null {
  if (count === 0) return null;
  return (
    <span class={`badge ${quiet ? "badge-quiet" : ""}`} aria-label={t("ui.unread", { count })}>
      {count > 999 ? `${formatNumber(999)}+` : formatNumber(count)}
    </span>
  );
}
