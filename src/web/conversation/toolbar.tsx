import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { Icon } from "../ui/mod.ts";
import { mayReact, mayReply, reply, toggleReaction } from "./actions.ts";
import type { MessageRow } from "./rows.ts";
import type { Stage } from "./stage.ts";
import { senderOf } from "./wording.ts";

interface ToolbarProps {
  readonly row: MessageRow;
  readonly stage: Stage;
}

/** What is done most often with a message, beside it under the pointer. The keyboard has the menu of its row. */
export function Toolbar({ row, stage }: ToolbarProps): JSX.Element {
  const { local, key } = row;
  const pick = (at: DOMRect) =>
    stage.floating.value = { kind: "emoji", at, onPick: (emoji) => toggleReaction(stage, local, emoji) };
  const open = (at: DOMRect) => stage.floating.value = { kind: "actions", key, at };
  const name = senderOf(local.message, stage.userId);
  return (
    <div class="toolbar">
      {mayReact(stage, local) && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={t("message.react")}
          title={t("message.react")}
          onClick={({ currentTarget }) => pick(currentTarget.getBoundingClientRect())}
        >
          <Icon name="smile" small />
        </button>
      )}
      {mayReply(stage, local) && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={t("message.reply")}
          title={t("message.reply")}
          onClick={() => reply(stage, local)}
        >
          <Icon name="reply" small />
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-haspopup="menu"
        aria-label={t("message.actions_for", { name })}
        title={t("message.actions")}
        onClick={({ currentTarget }) => open(currentTarget.getBoundingClientRect())}
      >
        <Icon name="more" small />
      </button>
    </div>
  );
}
