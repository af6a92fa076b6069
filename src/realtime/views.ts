import type { Membership } from "../order/reader.ts";
import type { Conversation, Message, Participant } from "../order/records.ts";

/**
 * How records look on the wire. The modules that own them give these; the hub only passes them on. What they answer
 * is encoded once and must not change afterwards.
 */
export interface Views {
  /** Messages of one conversation, in the order given. `fresh`: nobody can have read them yet. */
  messages(head: Conversation, records: readonly Message[], fresh: boolean): Promise<readonly object[]>;
  /** Conversations as one member sees them, in the order given. */
  conversations(userId: string, memberships: readonly Membership[]): Promise<readonly object[]>;
  /** Members as the others see them. */
  participants(records: readonly Participant[]): Promise<readonly object[]>;
}

/** What the hub asks about people. */
export interface People {
  /** What each allows others to see of its presence. */
  presencePrivacy(userIds: readonly string[]): Promise<ReadonlyMap<string, PresencePrivacy>>;
  /** Those of `userIds` that `userId` may watch: contacts, and people it shares a conversation with. */
  watchable(userId: string, userIds: readonly string[]): Promise<readonly string[]>;
  /** Remembers when a user was last online; an ISO time. */
  seen(userId: string, lastSeen: string): Promise<void>;
}

export interface PresencePrivacy {
  readonly showOnlineStatus: boolean;
  readonly showLastSeen: boolean;
  /** An ISO time. */
  readonly lastSeen: string | null;
}
