import { ParleyError } from "../../kernel/errors.ts";
import type { MessageView } from "./schema.ts";
import type { Messages, Outcome } from "./service.ts";
import { conversationOf, kept, showOutcome } from "./service.ts";

/**
 * Pins a message, or takes its pin away. What is so already changes nothing.
 *
 * Throws `not_found` for who is no member; `forbidden` for plain members of a group, and for system messages;
 * `message_deleted`.
 */
export async function pin(
  messages: Messages,
  userId: string,
  messageId: string,
  on: boolean,
): Promise<MessageView> {
  const outcome = await messages.writer.write<Outcome>(conversationOf(messageId), {
    participants: [userId],
    messages: [messageId],
    plan(draft) {
      const { role } = draft.requireMember(userId);
      const message = kept(draft, messageId);
      const mayPin = draft.head.type === "direct" || role !== "member";
      if (message.clientId === null || !mayPin) throw new ParleyError("forbidden");
      if (message.isDeleted) throw new ParleyError("message_deleted");
      if (message.isPinned === on) return { record: message, head: draft.head, changed: false };
      const pinned = on ? { pinnedAt: draft.now, pinnedBy: userId } : { pinnedAt: null, pinnedBy: null };
      const record = draft.changeMessage(message, "message_pinned", { isPinned: on, ...pinned });
      return { record, head: draft.head, changed: true };
    },
  });
  return await showOutcome(messages, outcome);
}
