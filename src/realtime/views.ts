import type { Membership } from "../order/reader.ts";
import type { Conversation, Message, Participant } from "../order/records.ts";

/**
 * How records look on the wire. The modules that own them give these; the hub only passes them on. What they answer
 * is encoded once and must not change afterwards.
 */
export interface Views {
  /** Messages of one conversation, in the order given; `head` is as the store has just given it. */
  messages(head: Conversation, records: readonly Message[]): Promise<readonly object[]>;
  /** Messages as a commit has made them, in the order given; `head` is the commit's. */
  committed(head: Conversation, records: readonly Message[]): Promise<readonly object[]>;
  /** Conversations as their member `participant` sees them, in the order given. */
  conversations(memberships: readonly Membership[]): Promise<readonly object[]>;
  /** Members as the others see them. */
  participants(records: readonly Participant[]): Promise<readonly object[]>;
}

/** What a viewer may know of a user's presence. */
export interface Visibility {
  /** Whether it may know that the user is online. */
  readonly online: boolean;
  /** An ISO time; `undefined` when it is not to be shown. */
  readonly lastSeen: string | null | undefined;
}

/** What the hub asks about people. */
export interface People {
  /** What `viewerId` may know of the presence of these users; those who show it nothing are left out. */
  visible(viewerId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Visibility>>;
  /** Those of `userIds` whom `userId` may watch: contacts, and people it shares a conversation with. */
  watchable(userId: string, userIds: readonly string[]): Promise<readonly string[]>;
  /** Those of `others` who have blocked the user, or whom it has blocked. */
  blockedAmong(userId: string, others: readonly string[]): Promise<ReadonlySet<string>>;
  /** Remembers when a user was last online; an ISO time. */
  recordSeen(userId: string, lastSeen: string): Promise<void>;
}
