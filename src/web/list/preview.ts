import type { ConversationView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { me, personOf } from "../state/mod.ts";
import { parseText } from "../text/blocks.ts";
import { plainText } from "../text/tree.ts";

/** What a list says of a conversation's last message, in one line. */
export function previewOf({ type, lastMessage: last }: ConversationView): string {
  if (!last) return t("list.nothing_yet");
  if (last.type === "system") return t("list.changed");
  const said = wording(last.type, last.content);
  if (last.senderId === me.value?.id) return t("list.own", { text: said });
  if (type === "direct") return said;
  return t("list.theirs", { name: personOf(last.senderId)?.firstName ?? t("person.unknown"), text: said });
}

function wording(type: "text" | "image" | "file" | "emoji", text: string): string {
  const line = plainText(parseText(text)).replaceAll(/\s+/g, " ").trim();
  if (line) return line;
  if (type === "image") return t("list.image");
  return type === "file" ? t("list.file") : t("list.deleted");
}
