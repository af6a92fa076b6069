import { ParleyError } from "../../kernel/errors.ts";
import type { Draft } from "../../order/draft.ts";
import type { Message, Reaction } from "../../order/records.ts";
import { oneEmoji } from "./emoji.ts";
import { refusalIn } from "./lookup.ts";
import type { ReactionBody, ReactionsView } from "./schema.ts";
import type { Messages } from "./service.ts";
import { conversationOf, kept } from "./service.ts";

/** Different emoji on one message. */
export const MAX_KINDS = 50;
/** Reactions to one message. */
export const MAX_REACTIONS = 1_000;

/**
 * Sets (`on: true`), clears (`on: false`) or toggles the caller's reaction with an emoji; each user has one of each.
 * What is so already changes nothing. Answers all reactions to the message.
 *
 * Throws `invalid_request` for anything but one emoji; `not_found` for who is no member; `forbidden` for system
 * messages, and for a new one between two of whom one has blocked the other; `message_deleted`; `too_many_reactions`.
 */
export async function react(
  messages: Messages,
  userId: string,
  messageId: string,
  { emoji: given, on }: ReactionBody,
): Promise<ReactionsView> {
  const emoji = oneEmoji(given);
  if (emoji === undefined) {
    throw new ParleyError("invalid_request", undefined, {
      errors: [{ field: "emoji", message: "Must be one emoji" }],
    });
  }
  const conversationId = conversationOf(messageId);
  let refusal: unknown;
  const reactions = await messages.writer.write(conversationId, {
    participants: [userId],
    messages: [messageId],
    prepare: messages.directs.isGroup(conversationId) ? undefined : async (head) => {
      refusal = await refusalIn(messages, head, userId);
      return [];
    },
    plan(draft) {
      draft.requireMember(userId);
      const message = kept(draft, messageId);
      if (message.clientId === null) throw new ParleyError("forbidden");
      if (message.isDeleted) throw new ParleyError("message_deleted");
      const mine = message.reactions.find((reaction) =>
        reaction.userId === userId && reaction.emoji === emoji
      );
      if (on === (mine !== undefined)) return message.reactions;
      if (mine) return clear(draft, message, mine);
      if (refusal) throw refusal;
      return set(draft, message, { userId, emoji, addedAt: draft.now });
    },
  });
  return { reactions };
}

function set(draft: Draft, message: Message, reaction: Reaction): readonly Reaction[] {
  const { reactions } = message;
  const kinds = new Set(reactions.map(({ emoji }) => emoji)).add(reaction.emoji).size;
  if (reactions.length >= MAX_REACTIONS || kinds > MAX_KINDS) throw new ParleyError("too_many_reactions");
  return replace(draft, message, [...reactions, reaction]);
}

function clear(draft: Draft, message: Message, mine: Reaction): readonly Reaction[] {
  return replace(draft, message, message.reactions.filter((reaction) => reaction !== mine));
}

function replace(draft: Draft, message: Message, reactions: readonly Reaction[]): readonly Reaction[] {
  return draft.changeMessage(message, "reaction_updated", { reactions }).reactions;
}
