import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Store } from "../../ports/store.ts";
import { tickets } from "./records.ts";
import { hashToken } from "./tokens.ts";
import type { Verifier } from "./verifier.ts";

/** How long a ticket is good for. */
export const TICKET_MS = 30_000;

/** One-use tickets, by which browsers open WebSockets. */
export class Tickets {
  readonly #store: Store;
  readonly #verifier: Verifier;
  readonly #clock: Clock;

  constructor(store: Store, verifier: Verifier, clock: Clock) {
    this.#store = store;
    this.#verifier = verifier;
    this.#clock = clock;
  }

  /** A new ticket for the caller. */
  async issue(
    { userId, sessionId, role, expiresAt }: Principal,
  ): Promise<{ ticket: string; expiresAt: string }> {
    const ticket = randomBytes(32).toString("base64url");
    const ends = iso(Math.min(this.#clock.now() + TICKET_MS, expiresAt));
    const record = {
      id: hashToken(ticket),
      userId,
      sessionId,
      role,
      tokenExpiresAt: expiresAt,
      expiresAt: ends,
    };
    await this.#store.insert(tickets, record);
    return { ticket, expiresAt: ends };
  }

  /** Uses a ticket up. Of several who try, on any nodes, one gets the principal. */
  async consume(ticket: string): Promise<Principal | undefined> {
    const record = await this.#store.delete(tickets, hashToken(ticket));
    if (!record || record.expiresAt <= iso(this.#clock.now())) return undefined;
    const { userId, sessionId, role, tokenExpiresAt } = record;
    const principal: Principal = { userId, sessionId, role, expiresAt: tokenExpiresAt };
    return await this.#lives(principal) ? principal : undefined;
  }

  async #lives(principal: Principal): Promise<boolean> {
    try {
      await this.#verifier.confirm(principal);
      return true;
    } catch (error) {
      if (error instanceof ParleyError && error.code === "unauthenticated") return false;
      throw error;
    }
  }
}
