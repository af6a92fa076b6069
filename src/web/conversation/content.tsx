import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { follow, openPerson } from "../state/mod.ts";
import { parseText } from "../text/blocks.ts";
import type { TextContext } from "../text/view.tsx";
import { showText } from "../text/view.tsx";
import { Icon } from "../ui/mod.ts";
import { formatSize, pictureOf, shownAddress } from "./files.ts";
import type { Stage } from "./stage.ts";

interface ContentProps {
  readonly message: MessageView;
  readonly stage: Stage;
}

/** What a message says: its picture or its file, and its text. */
export function Content({ message, stage }: ContentProps): JSX.Element {
  const { type, text } = message.content;
  // Who is a member tells who is meant.
  if (text.includes("@")) follow("conversation", stage.conversation.id);
  return (
    <>
      {type === "image" && <Picture message={message} />}
      {type === "file" && <File message={message} />}
      {text && <div class="bubble-text">{showText(parseText(text), contextOf(message, stage))}</div>}
    </>
  );
}

function Picture({ message }: Pick<ContentProps, "message">): JSX.Element {
  const { address, width, height } = pictureOf(message.content.metadata ?? {});
  if (!address) return <File message={message} />;
  return (
    <a
      class="bubble-picture"
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={-1}
      aria-label={t("message.open_picture")}
    >
      <img
        src={address}
        alt={message.content.text || t("message.photo")}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
      />
    </a>
  );
}

function File({ message: { content: { metadata = {} } } }: Pick<ContentProps, "message">): JSX.Element {
  const name = typeof metadata.fileName === "string" ? metadata.fileName : t("message.file");
  const address = shownAddress(metadata.fileUrl);
  const size = typeof metadata.fileSize === "number" ? formatSize(metadata.fileSize) : "";
  const inside = (
    <>
      <Icon name="copy" />
      <span>
        <bdi>{name}</bdi>
        {size && <small>{size}</small>}
      </span>
    </>
  );
  if (!address) return <span class="bubble-file">{inside}</span>;
  return (
    <a
      class="bubble-file"
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={-1}
      aria-label={t("message.open_file", { name })}
    >
      {inside}
    </a>
  );
}

/** A name means somebody only where the server has found one: someone who is, or was, a member. */
function contextOf(message: MessageView, { conversation, userId }: Stage): TextContext {
  const people = new Map(conversation.participants.map(({ user }) => [user.username, user.id]));
  return {
    mentioned(username) {
      const id = people.get(username);
      if (id === undefined) return undefined;
      const isMentioned = message.seq === 0 || message.mentions.includes(id);
      return isMentioned ? { isReader: id === userId, onOpen: () => openPerson(id) } : undefined;
    },
    codeLabel: (language) => language ? t("message.code_of", { language }) : t("message.code"),
  };
}
