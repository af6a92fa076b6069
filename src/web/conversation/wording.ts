import type { MessageView } from "../../client/mod.ts";
import { fileOf } from "../files/facts.ts";
import { t } from "../i18n/mod.ts";
import { fullName, nameOf } from "../state/mod.ts";
import { parseText } from "../text/blocks.ts";
import { plainText } from "../text/tree.ts";

/** What a message says in one line, for those who listen and for previews. */
export function lineOf({ content, isDeleted }: Pick<MessageView, "content" | "isDeleted">): string {
  if (isDeleted) return t("message.deleted");
  const text = plainText(parseText(content.text)).replaceAll(/\s+/g, " ").trim();
  if (text) return text;
  if (content.type === "image") return t("message.photo");
  return content.type === "file"
    ? fileOf({ content, isDeleted })?.name ?? t("message.file")
    : t("message.empty");
}

/** What the one who said it is called. */
export function senderOf({ sender, senderId }: MessageView, userId: string): string {
  return senderId === userId ? t("message.own") : fullName(sender);
}

/** What a system message tells. */
export function systemText({ content: { metadata = {} }, sender }: MessageView): string {
  const actor = fullName(sender);
  const name = typeof metadata.userId === "string" ? nameOf(metadata.userId) : actor;
  switch (metadata.systemType) {
    case "user_joined":
      return isOther(metadata.actorId, metadata.userId)
        ? t("system.user_added", { actor, name })
        : t("system.user_joined", { name });
    case "user_left":
      return isOther(metadata.removedBy, metadata.userId)
        ? t("system.user_removed", { actor, name })
        : t("system.user_left", { name });
    case "role_changed":
      return roleText(metadata.role, name);
    case "name_changed":
      return typeof metadata.name === "string"
        ? t("system.name_changed", { actor, name: metadata.name })
        : t("system.name_removed", { actor });
    case "description_changed":
      return t("system.description_changed", { actor });
    case "settings_changed":
      return t("system.settings_changed", { actor });
    default:
      return t("system.other", { actor });
  }
}

function roleText(role: unknown, name: string): string {
  if (role === "admin") return t("system.role_admin", { name });
  return role === "moderator" ? t("system.role_moderator", { name }) : t("system.role_member", { name });
}

function isOther(actorId: unknown, userId: unknown): boolean {
  return actorId !== undefined && actorId !== userId;
}
