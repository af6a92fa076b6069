import type { JSX } from "preact";
import { formatDay, t } from "../i18n/mod.ts";
import { titleOf } from "../state/mod.ts";
import { Spinner } from "../ui/mod.ts";
import { MessageItem } from "./message.tsx";
import type { EdgeRow, Row } from "./rows.ts";
import type { Stage } from "./stage.ts";
import { systemText } from "./wording.ts";

/** One row of the history. */
export function RowView({ row, stage }: { readonly row: Row; readonly stage: Stage }): JSX.Element {
  switch (row.kind) {
    case "edge":
      return <Edge row={row} stage={stage} />;
    case "day":
      return (
        <div class="entry entry-day" data-key={row.key}>
          <span>{formatDay(row.time)}</span>
        </div>
      );
    case "unread":
      return (
        <div class="entry entry-unread" data-key={row.key}>
          <span>{t("conversation.new_messages")}</span>
        </div>
      );
    case "system":
      return (
        <div class="entry entry-system" data-key={row.key}>
          <p dir="auto">{systemText(row.local.message)}</p>
        </div>
      );
    case "message":
      return <MessageItem row={row} stage={stage} />;
  }
}

/** The beginning of the conversation, or of what is loaded of it. */
function Edge({ row, stage }: { readonly row: EdgeRow; readonly stage: Stage }): JSX.Element {
  const { conversation } = stage;
  if (row.hasOlder) {
    return (
      <div class="entry entry-edge" data-key={row.key}>
        {stage.failed.value ? <TryAgain stage={stage} /> : <Spinner />}
      </div>
    );
  }
  const name = titleOf(conversation);
  const { type, description } = conversation.view;
  return (
    <div class="entry entry-edge" data-key={row.key}>
      <p dir="auto">
        {type === "direct"
          ? t("conversation.beginning_direct", { name })
          : t("conversation.beginning_group", { name })}
      </p>
      {description && <p class="entry-description" dir="auto">{description}</p>}
    </div>
  );
}

/** Says that loading has failed, and does it once more. */
export function TryAgain({ stage }: { readonly stage: Stage }): JSX.Element {
  return (
    <p class="try-again" role="alert">
      {t("conversation.loading_failed")}{" "}
      <button type="button" onClick={() => stage.tryAgain()}>{t("conversation.try_again")}</button>
    </p>
  );
}
