export type UserRole = "user" | "moderator" | "admin";

/** Who a request or a connection acts for, as an access token or a ticket has shown. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: UserRole;
  /** When the token ends, in milliseconds since 1970. */
  readonly expiresAt: number;
}
