import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LocalMessage, MessageView } from "../../client/mod.ts";
import { errorText, tell } from "../form/errors.ts";
import { formatStamp, t } from "../i18n/mod.ts";
import { client, follow, fullName, nameOf, personOf } from "../state/mod.ts";
import { Avatar, ConfirmDialog, Dialog, Spinner } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";
import { lineOf, senderOf } from "./wording.ts";

/** The dialog that is open, if any. */
export function AskedDialog({ stage }: { readonly stage: Stage }): JSX.Element | null {
  const asked = stage.asked.value;
  const close = () => stage.asked.value = undefined;
  switch (asked?.kind) {
    case "delete":
      return <DeleteDialog local={asked.local} stage={stage} onClose={close} />;
    case "details":
      return <DetailsDialog local={asked.local} stage={stage} onClose={close} />;
    case "pinned":
      return <PinnedDialog stage={stage} onClose={close} />;
    default:
      return null;
  }
}

interface AboutMessage {
  readonly local: LocalMessage;
  readonly stage: Stage;
  readonly onClose: () => void;
}

function DeleteDialog({ local: { message }, stage, onClose }: AboutMessage): JSX.Element {
  const remove = async () => {
    if (await tell(() => stage.conversation.delete(message.id))) onClose();
  };
  return (
    <ConfirmDialog
      title={t("message.delete_title")}
      text={t("message.delete_text")}
      action={t("message.delete")}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}

/** When a message was sent and changed, and who has read it when. */
function DetailsDialog({ local, stage, onClose }: AboutMessage): JSX.Element {
  const [message, setMessage] = useState<MessageView>(local.message);
  const [failure, setFailure] = useState<string>();
  const [isLoading, setLoading] = useState(true);
  useEffect(() => {
    const given = new AbortController();
    client().request("GET /api/messages/:id", { params: { id: local.message.id }, signal: given.signal })
      .then(setMessage, (error: unknown) => given.signal.aborted || setFailure(errorText(error)))
      .finally(() => setLoading(false));
    return () => given.abort();
  }, [local.message.id]);
  return (
    <Dialog title={t("message.details")} onClose={onClose}>
      <p class="details-text" dir="auto">{lineOf(message)}</p>
      <dl class="details">
        <div>
          <dt>{t("message.sent_at")}</dt>
          <dd>{formatStamp(message.createdAt)}</dd>
        </div>
        {message.editedAt && (
          <div>
            <dt>{t("message.edited_at")}</dt>
            <dd>{formatStamp(message.editedAt)}</dd>
          </div>
        )}
        {message.pinnedBy && message.pinnedAt && (
          <div>
            <dt>{t("message.pinned_by", { name: nameOf(message.pinnedBy) })}</dt>
            <dd>{formatStamp(message.pinnedAt)}</dd>
          </div>
        )}
      </dl>
      <h3>{t("message.read_by")}</h3>
      {failure && <p role="alert">{failure}</p>}
      {isLoading && <Spinner />}
      {!isLoading && !failure && <Readers message={message} stage={stage} />}
    </Dialog>
  );
}

function Readers({ message, stage }: { readonly message: MessageView; readonly stage: Stage }): JSX.Element {
  const readers = (message.readBy ?? []).filter(({ userId }) => userId !== message.senderId);
  if (readers.length === 0) return <p class="soft">{t("message.read_by_none")}</p>;
  return (
    <ul class="readers">
      {readers.map(({ userId, readAt }) => {
        const name = userId === stage.userId ? t("message.own") : nameOf(userId);
        return (
          <li key={userId}>
            <Avatar id={userId} name={name} src={personOf(userId)?.avatar} size="small" />
            <bdi>{name}</bdi>
            <time dateTime={readAt}>{formatStamp(readAt)}</time>
          </li>
        );
      })}
    </ul>
  );
}

/** What is pinned, the latest first; a press leads there. */
function PinnedDialog({ stage, onClose }: Omit<AboutMessage, "local">): JSX.Element {
  const { conversation } = stage;
  follow("messages", conversation.id);
  const pinned = conversation.messages.filter(({ message }) => message.isPinned).reverse();
  const go = (seq: number) => {
    onClose();
    void stage.goTo(seq);
  };
  return (
    <Dialog title={t("conversation.pinned")} onClose={onClose}>
      {pinned.length === 0 && <p class="soft">{t("conversation.pinned_none")}</p>}
      <ul class="pinned">
        {pinned.map(({ message }) => (
          <li key={message.id}>
            <button type="button" onClick={() => go(message.seq)}>
              <Avatar
                id={message.senderId}
                name={fullName(message.sender)}
                src={message.sender.avatar}
                size="small"
              />
              <span>
                <bdi>{senderOf(message, stage.userId)}</bdi>
                <time dateTime={message.createdAt}>{formatStamp(message.createdAt)}</time>
                <span class="pinned-text" dir="auto">{lineOf(message)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {conversation.hasOlder && <p class="soft">{t("conversation.pinned_loaded")}</p>}
    </Dialog>
  );
}
