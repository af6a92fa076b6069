import { notFound } from "../../src/kernel/errors.ts";
import type { Draft } from "../../src/order/draft.ts";
import type { Message } from "../../src/order/records.ts";
import { BLANK, messages } from "../../src/order/records.ts";
import type { Change } from "../../src/order/plan.ts";

/** How a system message says who came or went: retention leaves the digest, so that the end of a run tells. */
export const CAME = "came:";
export const WENT = "went:";

/** Says something once; answered with the first message of this `clientId`. */
export function send(userId: string, clientId: string, text: string): Change<Message> {
  return {
    participants: [userId],
    clientIds: [[userId, clientId]],
    plan(draft) {
      draft.requireMember(userId);
      return draft.sent(userId, clientId) ?? draft.addMessage({
        senderId: userId,
        clientId,
        digest: clientId,
        content: { type: "text", text, metadata: {} },
        replyTo: null,
        mentions: [],
      });
    },
  };
}

export function edit(userId: string, messageId: string, text: string): Change<Message> {
  return onMessage(userId, messageId, (draft, message) => {
    if (message.content.text === text) return message;
    return draft.changeMessage(message, "message_edited", { content: { ...message.content, text } });
  });
}

export function react(userId: string, messageId: string, emoji: string): Change<Message> {
  return onMessage(userId, messageId, (draft, message) => {
    if (message.reactions.some((one) => one.userId === userId && one.emoji === emoji)) return message;
    const reactions = [...message.reactions, { userId, emoji, addedAt: draft.now }];
    return draft.changeMessage(message, "reaction_updated", { reactions });
  });
}

export function remove(userId: string, messageId: string): Change<Message> {
  return onMessage(userId, messageId, (draft, message) => {
    return draft.changeMessage(message, "message_deleted", {
      ...BLANK,
      isDeleted: true,
      deletedAt: draft.now,
    });
  });
}

export function admit(actorId: string, userId: string): Change<number> {
  return {
    participants: [actorId, userId],
    plan(draft) {
      draft.requireMember(actorId);
      if (draft.member(userId)) return draft.head.rev;
      draft.changeMembers({ add: [{ userId, role: "member" }] });
      return say(draft, actorId, CAME + userId);
    },
  };
}

export function dismiss(actorId: string, userId: string): Change<number> {
  return {
    participants: [actorId, userId],
    plan(draft) {
      draft.requireMember(actorId);
      if (!draft.member(userId)) return draft.head.rev;
      draft.changeMembers({ remove: [userId] });
      return say(draft, actorId, WENT + userId);
    },
  };
}

export function rename(actorId: string, name: string): Change<number> {
  return {
    participants: [actorId],
    plan(draft) {
      draft.requireMember(actorId);
      if (draft.head.name !== name) draft.changeConversation({ name });
      return draft.head.rev;
    },
  };
}

/** Strips the oldest messages, up to `count`. */
export function strip(count: number): Change<number> {
  let old: readonly Message[] = [];
  return {
    async load(store, { head }) {
      const where = { conversationId: head.id, seq: { gte: head.firstSeq } };
      old = await store.find(messages, { where, order: [["seq", "asc"]], limit: count });
    },
    plan(draft) {
      const last = old.at(-1);
      if (last) draft.strip(old, last.seq + 1);
      return draft.head.rev;
    },
  };
}

function onMessage(
  userId: string,
  messageId: string,
  change: (draft: Draft, message: Message) => Message,
): Change<Message> {
  return {
    participants: [userId],
    messages: [messageId],
    plan(draft) {
      draft.requireMember(userId);
      const message = draft.message(messageId);
      if (!message || message.isDeleted || message.seq < draft.head.firstSeq) throw notFound();
      return change(draft, message);
    },
  };
}

function say(draft: Draft, actorId: string, digest: string): number {
  const content = { type: "system" as const, text: "", metadata: {} };
  draft.addMessage({ senderId: actorId, clientId: null, digest, content, replyTo: null, mentions: [] });
  return draft.head.rev;
}
