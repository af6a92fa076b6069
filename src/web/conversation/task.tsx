import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { fullName } from "../state/mod.ts";
import type { IconName } from "../ui/mod.ts";
import { Icon, IconButton } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";
import { putOff } from "./submit.ts";
import { textOf } from "./texts.ts";
import { lineOf } from "./wording.ts";

/** What the next text is for, when it is an answer or a change. */
export function Task({ stage }: { readonly stage: Stage }): JSX.Element | null {
  const { editing, replyTo } = stage;
  if (editing.value) {
    const putAway = () => {
      putOff(stage, textOf(stage).value);
      stage.focusInput();
    };
    return (
      <Bar
        icon="edit"
        title={t("composer.editing")}
        message={editing.value}
        label={t("composer.edit_cancel")}
        onCancel={putAway}
        stage={stage}
      />
    );
  }
  if (!replyTo.value) return null;
  const { senderId, sender } = replyTo.value;
  const drop = () => {
    replyTo.value = undefined;
    stage.focusInput();
  };
  return (
    <Bar
      icon="reply"
      title={senderId === stage.userId
        ? t("composer.reply_own")
        : t("composer.reply_to", { name: fullName(sender) })}
      message={replyTo.value}
      label={t("composer.reply_cancel")}
      onCancel={drop}
      stage={stage}
    />
  );
}

interface BarProps {
  readonly icon: IconName;
  readonly title: string;
  readonly message: MessageView;
  readonly label: string;
  readonly onCancel: () => void;
  readonly stage: Stage;
}

function Bar({ icon, title, message, label, onCancel, stage }: BarProps): JSX.Element {
  return (
    <div class="task">
      <Icon name={icon} small />
      <button type="button" class="task-what" onClick={() => void stage.goTo(message.seq)}>
        <strong dir="auto">{title}</strong>
        <span dir="auto">{lineOf(message)}</span>
      </button>
      <IconButton icon="close" label={label} onClick={onCancel} />
    </div>
  );
}
