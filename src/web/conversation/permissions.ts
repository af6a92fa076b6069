import type { ConversationView, LocalMessage } from "../../client/mod.ts";

/** How long the server lets a text be changed, less a little for the way there. */
const EDITABLE_MS = 15 * 60_000 - 5_000;

/** What someone may do with a message. */
export interface Permissions {
  readonly reply: boolean;
  readonly react: boolean;
  readonly edit: boolean;
  readonly delete: boolean;
  readonly pin: boolean;
  readonly copy: boolean;
  /** It has an address of its own. */
  readonly link: boolean;
  /** Retry and discard. */
  readonly resend: boolean;
}

/** What the reader may do with a message, as the server will judge at `now` (milliseconds since 1970). */
export function permissionsFor(
  { message, state }: LocalMessage,
  { type, role }: Pick<ConversationView, "type" | "role">,
  userId: string,
  now: number,
): Permissions {
  const isStored = message.seq > 0;
  const isOwn = message.senderId === userId;
  const isKept = isStored && !message.isDeleted && message.content.type !== "system";
  const leads = type === "group" && role !== "member";
  const hasText = message.content.type === "text" || message.content.type === "emoji";
  return {
    reply: isKept,
    react: isKept,
    edit: isKept && isOwn && hasText && now - Date.parse(message.createdAt) < EDITABLE_MS,
    delete: isKept && (isOwn || leads),
    pin: isKept && (type === "direct" || leads),
    copy: message.content.text !== "",
    link: isStored,
    resend: state === "failed",
  };
}
