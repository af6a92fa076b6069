import { failure } from "./errors.ts";
import type { ParleyError } from "./errors.ts";
import type { WireError } from "./errors.ts";
import type { ArrivingFile } from "./types.ts";
import type { ConversationView, MessageView, Participant } from "./wire.ts";

/** What the server greets with. */
export interface Hello {
  readonly connectionId: string;
  readonly userId: string;
  readonly epoch: string;
  readonly heartbeatMs: number;
  readonly limits: {
    readonly maxFrameBytes: number;
    /** Messages in 10 s; 0 is no limit. */
    readonly messages: number;
    readonly retryCloseCodes: readonly number[];
  };
}

/** Who came, went or has another role. */
export interface MembersChange {
  readonly added: readonly Participant[];
  readonly removed: readonly string[];
  readonly changed: readonly Participant[];
}

/** Whether someone is online, as the wire says it. */
export interface PresenceEntry {
  readonly userId: string;
  readonly isOnline: boolean;
  readonly lastSeen?: string;
}

/** What a conversation answers when it is opened. */
export interface Joined {
  readonly presence: readonly PresenceEntry[];
  readonly participants: readonly {
    readonly userId: string;
    readonly lastReadSeq: number;
    readonly lastDeliveredSeq: number;
  }[];
}

/** What stands on the envelope of a push that is about a conversation; `rev` on those that are kept. */
interface Standing {
  readonly conversationId: string;
  readonly rev: number;
}

type Push<E extends string, D, S = unknown> = { readonly event: E; readonly data: D } & S;

/** What the server says unasked, and `synced`, which divides it. A later version may say more: what is not known here is passed over. */
export type ServerPush =
  | Push<"hello", Hello>
  | Push<"synced", unknown>
  | Push<"server_draining", { readonly reconnectAfterMs: number }>
  | Push<"sync", SyncData, Standing>
  | Push<MessagePush, MessageView, Standing>
  | Push<"conversation_added", { readonly conversation: ConversationView }, Standing>
  | Push<"conversation_updated", UpdateData, Standing>
  | Push<"conversation_removed", unknown, Standing>
  | Push<"messages_read", ReceiptData, Standing>
  | Push<"messages_delivered", ReceiptData, Standing>
  | Push<"user_typing", { readonly userId: string; readonly isTyping: boolean }, Standing>
  | Push<"file_upload_progress", ArrivingFile, Standing>
  | Push<"user_left", { readonly userId: string }, Standing>
  | Push<"user_online", { readonly userId: string }>
  | Push<"user_offline", { readonly userId: string; readonly lastSeen?: string }>;

export type MessagePush =
  | "new_message"
  | "message_edited"
  | "message_deleted"
  | "reaction_updated"
  | "message_pinned";

export interface SyncData {
  readonly changes: readonly MessageView[];
  readonly conversation: ConversationView;
  /** Forget what is there; pages have the rest. */
  readonly reset?: true;
}

export interface UpdateData {
  readonly conversation: ConversationView;
  readonly participants?: MembersChange;
}

export interface ReceiptData {
  readonly userId: string;
  readonly seq: number;
}

/** An envelope as it came: an answer when it has an `id`. */
export type Envelope = ServerPush & { readonly id?: string; readonly error?: WireError };

/** The envelopes of a frame, one a line. */
export function parseFrame(frame: string): Envelope[] {
  return frame.split("\n").map((line) => JSON.parse(line));
}

/** What a command answers whose socket ends before the server does. */
export function lostLine(): ParleyError {
  return failure("closed", { retryable: true });
}
