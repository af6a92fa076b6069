import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { FileContent } from "../files/file_content.tsx";
import { t } from "../i18n/mod.ts";
import { follow, openPerson } from "../state/mod.ts";
import { parseText } from "../text/blocks.ts";
import type { TextContext } from "../text/view.tsx";
import { showText } from "../text/view.tsx";
import type { Stage } from "./stage.ts";

interface ContentProps {
  readonly message: MessageView;
  readonly stage: Stage;
}

/** What a message says: its picture or its file, and its text. */
export function Content({ message, stage }: ContentProps): JSX.Element {
  const { text } = message.content;
  // Who is a member tells who is meant.
  if (text.includes("@")) follow("conversation", stage.conversation.id);
  return (
    <>
      <FileContent message={message} />
      {text && <div class="bubble-text">{showText(parseText(text), contextOf(message, stage))}</div>}
    </>
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
