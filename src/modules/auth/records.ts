import type { UserRole } from "../../kernel/principal.ts";
import { collection } from "../../ports/store.ts";
import type { Doc } from "../../ports/store.ts";

/** A user's password, kept apart from the user's record; the id is the user's. */
export interface Credentials extends Doc {
  /** Argon2id in PHC string form. */
  readonly passwordHash: string;
  /** Grows by each change. */
  readonly version: number;
}

/** A login and what follows from it, until it is logged out or its refresh token runs out. Ending it deletes it. */
export interface Session extends Doc {
  readonly userId: string;
  /** 256 random bits that the session's refresh tokens are derived from, beside a key of the server. */
  readonly seed: string;
  /** Refresh tokens given so far, less one. */
  readonly generation: number;
  /** SHA-256 of the refresh token that is good now. */
  readonly tokenHash: string;
  /** When `generation` last grew. */
  readonly rotatedAt: string;
  readonly userAgent: string | null;
  readonly address: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

/** A one-use ticket for a WebSocket; the id is its SHA-256. */
export interface Ticket extends Doc {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: UserRole;
  /** When the access token that asked for it ends, in milliseconds since 1970. */
  readonly tokenExpiresAt: number;
  readonly expiresAt: string;
}

export const credentials = collection<Credentials>({ name: "credentials", indexes: [["id", "version"]] });

export const sessions = collection<Session>({
  name: "sessions",
  indexes: [["userId", "id", "generation"]],
  expires: "expiresAt",
});

export const tickets = collection<Ticket>({ name: "tickets", expires: "expiresAt" });
