import type { UserRole } from "../../kernel/principal.ts";
import { collection } from "../../ports/store.ts";
import type { Doc } from "../../ports/store.ts";

/** A user. Flat, so that two changes of different fields never undo each other. Times are ISO 8601. */
export interface User extends Doc, Profile, Preferences {
  /** In lower case. */
  readonly email: string;
  /** In lower case. */
  readonly username: string;
  readonly role: UserRole;
  readonly isVerified: boolean;
  readonly isActive: boolean;
  /** When the user's last connection ended. */
  readonly lastSeen: string | null;
  readonly loginCount: number;
  readonly lastLoginAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Profile {
  readonly firstName: string;
  readonly lastName: string;
  /** An `https` URL. */
  readonly avatar: string | null;
  readonly bio: string | null;
  readonly location: string | null;
  readonly website: string | null;
  /** A date without a time. */
  readonly dateOfBirth: string | null;
}

export interface Preferences {
  readonly emailNotifications: boolean;
  readonly pushNotifications: boolean;
  readonly theme: "light" | "dark" | "auto";
  readonly showOnlineStatus: boolean;
  readonly allowMessages: "everyone" | "contacts" | "none";
  readonly showLastSeen: boolean;
}

/** Someone in someone's contacts; the owner alone sees it. */
export interface Contact extends Doc {
  readonly ownerId: string;
  readonly contactId: string;
  readonly createdAt: string;
}

/** Someone whom someone has blocked. */
export interface Block extends Doc {
  readonly ownerId: string;
  readonly blockedId: string;
  readonly createdAt: string;
}

export const users = collection<User>({
  name: "users",
  unique: [["email"], ["username"]],
});

export const contacts = collection<Contact>({
  name: "contacts",
  indexes: [["ownerId", "id"], ["contactId"]],
});

export const blocks = collection<Block>({ name: "blocks", indexes: [["ownerId", "id"], ["blockedId"]] });

/** The id of a contact or a block: one for each pair in each direction. */
export function pairId(ownerId: string, otherId: string): string {
  return `${ownerId}-${otherId}`;
}

/** What a new user's settings are. */
export const DEFAULT_PREFERENCES: Preferences = {
  emailNotifications: true,
  pushNotifications: true,
  theme: "auto",
  showOnlineStatus: true,
  allowMessages: "everyone",
  showLastSeen: true,
};
