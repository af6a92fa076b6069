import { collection } from "../ports/store.ts";
import type { Head, Under } from "../ports/store.ts";

/** The conversation record: the head that orders everything in the conversation. Times are ISO 8601. */
export interface Conversation extends Head {
  readonly type: "direct" | "group";
  readonly name: string | null;
  readonly description: string | null;
  readonly settings: ConversationSettings;
  /** `name` in lower case when the conversation is public and lives, else `null`: what the public search looks at. */
  readonly publicName: string | null;
  /** `settings.messageRetention` of a conversation that lives, else 0: what the sweep looks for. */
  readonly retentionDays: number;
  /** The place of the newest message; places are numbered 1, 2, 3 … */
  readonly seq: number;
  /** The oldest place whose message is kept; those before were stripped by retention. */
  readonly firstSeq: number;
  /** Members at present. */
  readonly memberCount: number;
  /** Members at present who are admins. */
  readonly adminCount: number;
  /** The `rev` of the last change to the conversation itself (name, settings, members, roles, retention). */
  readonly infoRev: number;
  /** The `rev` of the last change of who is a member, or in what role. */
  readonly membersRev: number;
  /** Names the commit that made this state, so that a writer without an answer can tell whether it was its own. */
  readonly mark: string;
  /** When the conversation was ended for all; it then answers as if it were not there. */
  readonly endedAt: string | null;
  readonly createdAt: string;
  /** The time of the last change. */
  readonly updatedAt: string;
}

export interface ConversationSettings {
  readonly isPublic: boolean;
  readonly allowInvites: boolean;
  readonly maxParticipants: number;
  /** Days; 0 keeps messages for ever. */
  readonly messageRetention: number;
}

export type ParticipantRole = "admin" | "moderator" | "member";

/**
 * Someone who is or was a member. Leaving marks the record, nothing deletes it but the end of the conversation.
 * `rev`, `role`, `left`, `joinedAt`, `joinedRev`, `sentCount` and `sharedCount` change by commits alone; the others
 * also by `patch`.
 */
export interface Participant extends Under {
  readonly conversationId: string;
  readonly userId: string;
  readonly role: ParticipantRole;
  readonly left: boolean;
  readonly joinedAt: string;
  /** Orders members by how long they have been there. */
  readonly joinedRev: number;
  /** The `rev` of the last change of `role` or `left`. */
  readonly memberRev: number;
  /** When that was, by the clock of the node that did it; an ISO time. */
  readonly memberAt: string;
  readonly lastReadSeq: number;
  readonly lastReadAt: string | null;
  readonly lastDeliveredSeq: number;
  readonly notifications: { readonly enabled: boolean; readonly muteUntil: string | null };
  /** A direct conversation is hidden from this member while the head's `seq` is this one. */
  readonly hiddenSeq: number | null;
  /** Messages sent here, for the user's statistics. */
  readonly sentCount: number;
  /** Those of them that are images and files; not there in records of an earlier version. */
  readonly sharedCount?: number;
}

export interface Reaction {
  readonly userId: string;
  readonly emoji: string;
  readonly addedAt: string;
}

export interface MessageContent {
  readonly type: "text" | "image" | "file" | "system" | "emoji";
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A message. `clientId`, `sender`, quotes and receipts are shown by views; see `modules/messages/view.ts`. */
export interface Message extends Under {
  readonly conversationId: string;
  readonly seq: number;
  /** The `rev` at which the message came to be. */
  readonly firstRev: number;
  readonly senderId: string;
  /** As the client chose it; `null` in system messages. */
  readonly clientId: string | null;
  /** `senderId:clientId`, or a text no client can make: unique in the conversation for as long as it exists. */
  readonly dedupe: string;
  /** A digest of the first request, which every retry must match. */
  readonly digest: string;
  readonly content: MessageContent;
  /** The id of the answered message. */
  readonly replyTo: string | null;
  readonly reactions: readonly Reaction[];
  readonly mentions: readonly string[];
  readonly isPinned: boolean;
  readonly pinnedAt: string | null;
  readonly pinnedBy: string | null;
  readonly isEdited: boolean;
  readonly editedAt: string | null;
  readonly isDeleted: boolean;
  readonly deletedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const conversations = collection<Conversation>({
  name: "conversations",
  indexes: [["publicName", "id"], ["endedAt", "id"], ["retentionDays", "id"]],
});

export const participants = collection<Participant>({
  name: "participants",
  unique: [["conversationId", "userId"]],
  indexes: [["userId", "left"], ["conversationId", "left", "joinedRev", "userId"], ["memberAt"]],
});

export const messages = collection<Message>({
  name: "messages",
  unique: [["conversationId", "seq"], ["conversationId", "dedupe"]],
  indexes: [["conversationId", "rev"]],
});

/** The id of a member's record. */
export function participantId(conversationId: string, userId: string): string {
  return `${conversationId}-${userId}`;
}

/** The key that makes a client's message unique in its conversation. */
export function dedupeKey(senderId: string, clientId: string): string {
  return `${senderId}:${clientId}`;
}

/** What a deleted message keeps of its content. */
export const BLANK: Pick<
  Message,
  "content" | "reactions" | "mentions" | "replyTo" | "isPinned" | "pinnedAt" | "pinnedBy"
> = {
  content: { type: "text", text: "", metadata: {} },
  reactions: [],
  mentions: [],
  replyTo: null,
  isPinned: false,
  pinnedAt: null,
  pinnedBy: null,
};

/** A member's record as it is at joining. */
export function newParticipant(
  conversationId: string,
  userId: string,
  joined: Pick<Participant, "role" | "joinedAt" | "joinedRev" | "memberRev" | "lastReadSeq" | "rev">,
): Participant {
  return {
    id: participantId(conversationId, userId),
    conversationId,
    userId,
    left: false,
    memberAt: joined.joinedAt,
    lastReadAt: null,
    lastDeliveredSeq: 0,
    notifications: { enabled: true, muteUntil: null },
    hiddenSeq: null,
    sentCount: 0,
    ...joined,
  };
}
