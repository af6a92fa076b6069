/** The records of the wire, inferred from the schemas that the server validates and documents itself with. */

import type { z } from "zod";
import type * as auth from "../modules/auth/schema.ts";
import type * as conversations from "../modules/conversations/schema.ts";
import type * as messages from "../modules/messages/schema.ts";
import type * as uploads from "../modules/uploads/schema.ts";
import type * as users from "../modules/users/schema.ts";

/** `T` as it is passed around: nobody changes it. */
export type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What a schema gives. */
type Out<S extends z.ZodType> = Frozen<z.output<S>>;

/** One's own account. */
export type User = Out<typeof users.userSchema>;
/** A user as others may see it. */
export type PublicUser = Out<typeof users.publicUserSchema>;
/** A user's name and picture. */
export type UserCard = Out<typeof users.cardSchema>;
/** A user among one's own contacts. */
export type Contact = Out<typeof users.contactSchema>;
/** A place where one is signed in. */
export type Session = Out<typeof auth.sessionView>;

/** A conversation as its member sees it. */
export type ConversationView = Out<typeof conversations.conversationSchema>;
/** A member of a conversation. */
export type Participant = Out<typeof conversations.participantSchema>;
/** A public group as anyone may see it. */
export type PublicConversation = Out<typeof conversations.publicConversationSchema>;
/** How one is notified of a conversation. */
export type NotificationSettings = Out<typeof conversations.notificationsSchema>;
/** What a member may do. */
export type Role = Participant["role"];

/** A message as it is shown. */
export type MessageView = Out<typeof messages.messageView>;
/** What a client wants to say, but for a bare string. */
export type ContentInput = Exclude<Frozen<z.input<typeof messages.contentInput>>, string>;
/** A stretch of a conversation, oldest first. */
export type History = Out<typeof messages.historyView>;
/** Who reacted how. */
export type Reaction = MessageView["reactions"][number];

/** A file. */
export type Upload = Out<typeof uploads.uploadView>;
/** A file in a list, with what its message alone knows of it. */
export type ListedUpload = Out<typeof uploads.listedUpload>;
/** A file that is announced, and how its bytes are to come. */
export type PresignedUpload = Out<typeof uploads.presignView>;

/** What signing in answers. */
export interface SignedIn {
  readonly user: User;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds that the access token lasts. */
  readonly expiresIn: number;
}

/** Where a page stands in its list. */
export interface Pagination {
  readonly limit: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}
