import type { JSX } from "preact";
import type { Conversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { follow, nameOf } from "../state/mod.ts";

/** The files that others are bringing, and how far they are. Not read out: it would never end. */
export function ArrivingFiles({ conversation }: { readonly conversation: Conversation }): JSX.Element | null {
  follow("uploads", conversation.id);
  const { arriving } = conversation;
  const [first] = arriving;
  if (!first) return null;
  const progress = arriving.reduce((sum, file) => sum + file.progress, 0) / arriving.length;
  return (
    <div class="arriving">
      <span>
        {arriving.length === 1
          ? t("files.arriving_one", { name: nameOf(first.userId) })
          : t("files.arriving_many", { count: arriving.length })}
      </span>
      <progress value={progress} max={100} aria-label={t("files.arriving_progress")} />
    </div>
  );
}
