import type { Conversation, ConversationView } from "../../client/mod.ts";
import { lineOf, systemText } from "../conversation/wording.ts";
import { t } from "../i18n/mod.ts";
import { me, nameOf, personOf } from "../state/mod.ts";
import { newestOf } from "./newest.ts";

/** What a list says of a conversation's newest message, in one line. */
export function previewOf(conversation: Conversation, { type, lastMessage }: ConversationView): string {
  if (!lastMessage) return t("list.nothing_yet");
  const { senderId, content: text } = lastMessage;
  if (lastMessage.type === "system") {
    const newest = newestOf(conversation);
    return newest ? systemText(newest) : t("system.other", { actor: nameOf(senderId) });
  }
  // One that was deleted is shown as a text that says nothing.
  const isDeleted = lastMessage.type === "text" && text === "";
  const said = lineOf({ content: { type: lastMessage.type, text }, isDeleted });
  if (senderId === me.value?.id) return t("list.own", { text: said });
  if (type === "direct") return said;
  return t("list.theirs", { name: personOf(senderId)?.firstName ?? t("person.unknown"), text: said });
}
