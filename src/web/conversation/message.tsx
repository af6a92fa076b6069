import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { MessageState } from "../../client/mod.ts";
import { isEmojiOnly } from "../emoji/only.ts";
import { formatClock, formatStamp, t } from "../i18n/mod.ts";
import { fullName, openPerson } from "../state/mod.ts";
import { Avatar, Icon, VisuallyHidden } from "../ui/mod.ts";
import { Content } from "./content.tsx";
import { Foot } from "./foot.tsx";
import { QuoteView } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";
import type { MessageRow } from "./rows.ts";
import type { Stage } from "./stage.ts";
import { Toolbar } from "./toolbar.tsx";
import { lineOf, senderOf } from "./wording.ts";

interface MessageProps {
  readonly row: MessageRow;
  readonly stage: Stage;
}

/** One message: who, what, what is answered, how others reacted, and how far it has come. */
export function MessageItem({ row, stage }: MessageProps): JSX.Element {
  const { local, isOwn, opens, closes } = row;
  const { message } = local;
  const isPointed = useComputed(() => stage.pointed.value === row.key);
  const isHighlighted = useComputed(() => stage.highlighted.value === row.key);
  const hasFace = !isOwn && stage.conversation.view.type === "group";
  const style = [
    "entry entry-message",
    isOwn ? "entry-own" : "entry-other",
    opens && "entry-opens",
    closes && "entry-closes",
    hasFace && "entry-faced",
    isHighlighted.value && "entry-highlighted",
  ];
  return (
    <article
      class={style.filter(Boolean).join(" ")}
      data-key={row.key}
      tabIndex={-1}
      aria-label={labelOf(row, stage)}
    >
      <div class="entry-main">
        {hasFace && opens && (
          <p class="entry-name">
            <bdi>{fullName(message.sender)}</bdi>
          </p>
        )}
        <div class="bubble-line">
          {hasFace && closes && <Face row={row} />}
          <Bubble row={row} stage={stage} />
          {isPointed.value && <Toolbar row={row} stage={stage} />}
        </div>
        {message.reactions.length > 0 && <Reactions local={local} stage={stage} />}
        {row.hasFoot && <Foot local={local} isOwn={isOwn} stage={stage} />}
      </div>
    </article>
  );
}

function Face({ row: { local: { message: { sender } } } }: Pick<MessageProps, "row">): JSX.Element {
  return (
    <button
      type="button"
      class="entry-face"
      tabIndex={-1}
      onClick={() => openPerson(sender.id)}
    >
      <Avatar id={sender.id} name={fullName(sender)} src={sender.avatar} size="small" />
      <VisuallyHidden>{fullName(sender)}</VisuallyHidden>
    </button>
  );
}

function Bubble({ row: { local: { message, state } }, stage }: MessageProps): JSX.Element {
  const { content, isDeleted, isEdited, isPinned, replyTo, createdAt } = message;
  if (isDeleted) {
    return <div class="bubble bubble-deleted" title={formatStamp(createdAt)}>{t("message.deleted")}</div>;
  }
  const isLarge = !replyTo && content.type !== "image" && content.type !== "file" &&
    isEmojiOnly(content.text);
  // Its own class, not the row's: browsers lose what a class says of what is inside when they move a node as it changes.
  const style = ["bubble", isLarge && "bubble-emoji", isOnItsWay(state) && `bubble-${state}`];
  return (
    <div class={style.filter(Boolean).join(" ")} title={formatStamp(createdAt)}>
      {replyTo && <QuoteView quote={replyTo} stage={stage} />}
      <Content message={message} stage={stage} />
      {(isEdited || isPinned) && (
        <p class="bubble-marks">
          {isPinned && (
            <span>
              <Icon name="pin" small />
              <span class="visually-hidden">{t("message.pinned")}</span>
            </span>
          )}
          {isEdited && <span>{t("message.edited")}</span>}
        </p>
      )}
    </div>
  );
}

function isOnItsWay(state: MessageState): boolean {
  return state === "sending" || state === "failed";
}

function labelOf({ local: { message } }: MessageRow, stage: Stage): string {
  const time = formatClock(message.createdAt);
  return t("message.said", { name: senderOf(message, stage.userId), time, text: lineOf(message) });
}
