import type { JSX } from "preact";
import { formatNumber, t } from "../i18n/mod.ts";
import { follow } from "../state/mod.ts";
import { Icon } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";

/** Ways to what is new above, and to what is newest below, while they are out of view. */
export function Jumps({ stage }: { readonly stage: Stage }): JSX.Element {
  const { conversation, scroller } = stage;
  follow("conversation", conversation.id);
  follow("conversations");
  const { unread } = conversation.view;
  const isBelow = !scroller.isAtEnd.value && conversation.messages.length > 0;
  return (
    <>
      {stage.missed.value > 0 && (
        <button
          type="button"
          class="jump jump-unread"
          onClick={() => void stage.toUnread()}
        >
          <Icon name="arrow_down" small />
          <span>{t("conversation.jump_unread", { count: stage.missed.value })}</span>
        </button>
      )}
      {isBelow && (
        <button
          type="button"
          class="jump jump-newest"
          aria-label={unread > 0
            ? t("conversation.jump_newest_count", { count: unread })
            : t("conversation.jump_newest")}
          onClick={() => void stage.toNewest()}
        >
          <Icon name="arrow_down" />
          {unread > 0 && <span class="jump-count" aria-hidden="true">{formatNumber(unread)}</span>}
        </button>
      )}
    </>
  );
}
