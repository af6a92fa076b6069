import type { BusMessage } from "../ports/bus.ts";
import type { Conversation, Message, Participant } from "./records.ts";

/** What happened to a message; the names are those of the pushes. */
export type MessageEvent =
  | "new_message"
  | "message_edited"
  | "message_deleted"
  | "reaction_updated"
  | "message_pinned";

/** Who came, went, or has another role. */
export interface MembersChange {
  readonly added: readonly Participant[];
  readonly removed: readonly string[];
  readonly changed: readonly Participant[];
}

/** One change of a conversation: of a message, or of the conversation itself. */
export type StreamChange =
  | { readonly rev: number; readonly event: MessageEvent; readonly message: Message }
  | {
    readonly rev: number;
    readonly event: "conversation";
    readonly members?: MembersChange;
    /** A later change of the conversation is told too: only those who were removed need this one. */
    readonly superseded?: boolean;
  };

/** What a writer tells the other nodes after a commit: the changes with `from < rev <= head.rev`, in order. */
export interface Hint extends BusMessage {
  readonly kind: "committed";
  readonly from: number;
  readonly head: Conversation;
  readonly changes: readonly StreamChange[];
}

/** Whether a message of the bus is a hint. */
export function isHint(message: BusMessage): message is Hint {
  return message.kind === "committed";
}

/** The topic of a conversation's hints and of what happens in it and is not kept. */
export function conversationTopic(conversationId: string): string {
  return `c:${conversationId}`;
}

/** The topic of what concerns one user on all its connections. */
export function userTopic(userId: string): string {
  return `u:${userId}`;
}

/** Someone has read, or been delivered, everything up to `seq`. Travels on the conversation's topic, not kept. */
export interface ReceiptSignal extends BusMessage {
  readonly kind: "receipt";
  readonly event: "messages_read" | "messages_delivered";
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
  /** The connection that said so, which is not told. */
  readonly origin?: string;
}

/** The user is a member of a conversation that was just made. Travels on the user's topic, not kept. */
export interface JoinedSignal extends BusMessage {
  readonly kind: "joined";
  readonly conversationId: string;
  readonly rev: number;
}

/** The user has hidden a direct conversation until its next message. Travels on the user's topic, not kept. */
export interface HiddenSignal extends BusMessage {
  readonly kind: "hidden";
  readonly conversationId: string;
  readonly rev: number;
}

/** Whether a message of the bus is a receipt. */
export function isReceipt(message: BusMessage): message is ReceiptSignal {
  return message.kind === "receipt";
}

/** Whether a message of the bus tells of a new membership. */
export function isJoined(message: BusMessage): message is JoinedSignal {
  return message.kind === "joined";
}

/** Whether a message of the bus tells of a hidden conversation. */
export function isHidden(message: BusMessage): message is HiddenSignal {
  return message.kind === "hidden";
}
