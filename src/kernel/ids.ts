import { monotonicFactory } from "ulid";

const next = monotonicFactory();

/** A new id: a ULID, 26 URL-safe characters that sort by the time they were made. */
export function newId(): string {
  return next();
}

/**
 * The id of the message at `seq` of a conversation. It names its conversation, so that whoever is asked for a
 * message can read it through the conversation's head, also while the message is stored nowhere but there.
 */
export function messageId(conversationId: string, seq: number): string {
  return `${conversationId}-${seq}`;
}

/** The place that a message id names, or `undefined` when it is not one of ours. */
export function messagePlace(id: string): { conversationId: string; seq: number } | undefined {
  const match = /^([0-9A-Za-z]{1,64})-([1-9][0-9]{0,14})$/.exec(id);
  return match?.[1] && match[2] ? { conversationId: match[1], seq: Number(match[2]) } : undefined;
}
