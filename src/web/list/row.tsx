import type { JSX } from "preact";
import type { Conversation, ConversationView } from "../../client/mod.ts";
import { formatSince, formatStamp, t } from "../i18n/mod.ts";
import { draftOf, follow, partnerOf, presenceOf, titleOf } from "../state/mod.ts";
import { isMuted } from "../state/muted.ts";
import { Avatar, Badge, Icon } from "../ui/mod.ts";
import { previewOf } from "./preview.ts";

export interface RowProps {
  readonly conversation: Conversation;
  /** The conversation's own, so that the row is drawn again for another one. */
  readonly view: ConversationView;
  readonly isSelected: boolean;
  /** Whether the Tab key stops here. */
  readonly isStop: boolean;
}

/** A conversation in the list. */
export function Row({ conversation, view, isSelected, isStop }: RowProps): JSX.Element {
  const { unread, lastMessage } = view;
  const partner = partnerOf(conversation);
  const title = titleOf(conversation);
  const muted = isMuted(conversation);
  return (
    <li>
      <a
        class={`row ${unread > 0 ? "row-unread" : ""}`}
        href={`/c/${conversation.id}`}
        aria-current={isSelected ? "page" : undefined}
        tabIndex={isStop ? 0 : -1}
        data-row
      >
        <Avatar
          id={partner?.userId ?? conversation.id}
          name={title}
          src={partner?.user.avatar}
          isOnline={partner && presenceOf(partner.userId)?.isOnline}
        />
        <span class="row-text">
          <span class="row-top">
            <bdi class="row-title">{title}</bdi>
            {muted && <Icon name="bell_off" small />}
            {lastMessage && (
              <time dateTime={lastMessage.sentAt} title={formatStamp(lastMessage.sentAt)}>
                {formatSince(lastMessage.sentAt)}
              </time>
            )}
          </span>
          <span class="row-bottom">
            <Preview conversation={conversation} view={view} isSelected={isSelected} />
            <Badge count={unread} quiet={muted} />
          </span>
        </span>
      </a>
    </li>
  );
}

function Preview({ conversation, view, isSelected }: Omit<RowProps, "isStop">): JSX.Element {
  follow("typing", conversation.id);
  const draft = isSelected ? "" : draftOf(conversation.id).value.trim();
  if (conversation.typing.length > 0) return <span class="row-preview row-typing">{t("list.typing")}</span>;
  if (draft) {
    return (
      <span class="row-preview" dir="auto">
        <span class="row-draft">{t("list.draft")}</span> {draft.slice(0, 120)}
      </span>
    );
  }
  return <span class="row-preview" dir="auto">{previewOf(conversation, view)}</span>;
}
