import type { UserCard } from "../../kernel/user_card.ts";
import type { User } from "./records.ts";

/** What everyone may know of a user. */
export function cardOf(user: User): UserCard {
  const { id, username, firstName, lastName, avatar } = user;
  return { id, username, firstName, lastName, avatar };
}

/** A user for others: the card, and of presence what the user shows; nothing of it to `hidden` eyes. */
export function publicView(user: User, isOnline: boolean, hidden: boolean): object {
  return {
    ...cardOf(user),
    ...(user.showOnlineStatus && !hidden && { isOnline }),
    ...(user.showLastSeen && !hidden && { lastSeen: user.lastSeen }),
  };
}

/** What a user has sent, in all conversations together. */
export interface Sent {
  readonly messagesSent: number;
  readonly filesShared: number;
}

/** A user as its owner sees it. */
export function ownView(user: User, isOnline: boolean, sent: Sent): object {
  const { firstName, lastName, avatar, bio, location, website, dateOfBirth, lastSeen } = user;
  const { showOnlineStatus, allowMessages, showLastSeen } = user;
  return {
    id: user.id,
    email: user.email,
    username: user.username,
    profile: { firstName, lastName, avatar, bio, location, website, dateOfBirth, isOnline, lastSeen },
    preferences: {
      emailNotifications: user.emailNotifications,
      pushNotifications: user.pushNotifications,
      theme: user.theme,
      privacy: { showOnlineStatus, allowMessages, showLastSeen },
    },
    stats: { ...sent, loginCount: user.loginCount },
    role: user.role,
    isVerified: user.isVerified,
    isActive: user.isActive,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
  };
}
