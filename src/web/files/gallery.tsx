import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Conversation, MessageView } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { formatDay, t } from "../i18n/mod.ts";
import { follow, fullName } from "../state/mod.ts";
import { Button } from "../ui/mod.ts";
import type { FileFacts } from "./facts.ts";
import { fileOf } from "./facts.ts";
import { FileCard } from "./file_card.tsx";
import { Thumbnail } from "./picture.tsx";
import { view } from "./viewing.ts";

interface Shared {
  readonly message: MessageView;
  readonly file: FileFacts;
}

/** Pictures and files of a conversation, as far as it is loaded; the latest first. */
export function Gallery({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  follow("messages", conversation.id);
  const [isLoading, setLoading] = useState(false);
  const shared = sharedIn(conversation);
  const pictures = shared.filter(({ file }) => file.kind === "picture");
  const others = shared.filter(({ file }) => file.kind !== "picture");
  const more = async () => {
    setLoading(true);
    await tell(() => conversation.loadOlder(100));
    setLoading(false);
  };
  return (
    <section class="panel-section gallery">
      <h3>{t("files.gallery")}</h3>
      {shared.length === 0 && <p class="soft">{t("files.gallery_none")}</p>}
      {pictures.length > 0 && (
        <ul class="gallery-pictures">
          {pictures.map(({ message, file }) => (
            <li key={message.id}>
              <button type="button" aria-label={aboutOf(message)} onClick={() => view(message)}>
                <Thumbnail file={file} small />
              </button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <ul class="gallery-files">
          {others.map(({ message, file }) => (
            <li key={message.id}>
              <FileCard file={file} note={sharedBy(message)} isReachable />
            </li>
          ))}
        </ul>
      )}
      {conversation.hasOlder && (
        <Button busy={isLoading} onClick={() => void more()}>{t("files.gallery_more")}</Button>
      )}
    </section>
  );
}

function sharedIn({ messages }: Conversation): Shared[] {
  return messages.flatMap(({ message }) => {
    const file = fileOf(message);
    return file && message.seq > 0 ? [{ message, file }] : [];
  }).reverse();
}

function sharedBy({ sender, createdAt }: MessageView): string {
  return t("files.shared_by", { name: fullName(sender), time: formatDay(createdAt) });
}

function aboutOf(message: MessageView): string {
  const about = t("files.picture_of", { name: fullName(message.sender) });
  return `${about}, ${formatDay(message.createdAt)}`;
}
