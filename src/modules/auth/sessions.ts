import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import type { Events } from "../../kernel/events.ts";
import { newId } from "../../kernel/ids.ts";
import { page } from "../../http/schema.ts";
import type { Page } from "../../http/schema.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Store } from "../../ports/store.ts";
import { sessions } from "./records.ts";
import type { Session } from "./records.ts";
import { hashToken, readRefreshToken } from "./tokens.ts";
import type { Tokens } from "./tokens.ts";

/** A refresh that is repeated within this time gets the same successor. */
export const GRACE_MS = 10_000;

/** What is remembered of the program that logged in. */
export interface Client {
  readonly address: string;
  readonly userAgent: string | null;
}

/** A session with the refresh token that is good now. */
export interface Grant {
  readonly session: Session;
  readonly refreshToken: string;
}

/** What sessions work with. */
export interface SessionsDeps {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly events: Events;
  readonly clock: Clock;
  /** A session that is not refreshed for so long is over; milliseconds. */
  readonly lifeMs: number;
}

/** Sessions and the rotation of their refresh tokens (RFC 9700, section 4.14). */
export class Sessions {
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #lifeMs: number;

  constructor({ store, tokens, events, clock, lifeMs }: SessionsDeps) {
    this.#store = store;
    this.#tokens = tokens;
    this.#events = events;
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** Begins a session. */
  async open(userId: string, client: Client): Promise<Grant> {
    const seed = { id: newId(), seed: randomBytes(32).toString("base64url") };
    const refreshToken = this.#tokens.refreshToken(seed, 0);
    const now = this.#clock.now();
    const session: Session = {
      ...seed,
      userId,
      generation: 0,
      tokenHash: hashToken(refreshToken),
      rotatedAt: iso(now),
      userAgent: client.userAgent?.slice(0, 256).toWellFormed() ?? null,
      address: client.address,
      createdAt: iso(now),
      lastUsedAt: iso(now),
      expiresAt: iso(now + this.#lifeMs),
    };
    await this.#store.insert(sessions, session);
    return { session, refreshToken };
  }

  /**
   * Exchanges a refresh token for its successor. Of several at once one rotates; the others, and whoever repeats
   * within the grace, get the same successor. A token from before that ends the session: it was stolen, or its
   * successor was. Throws `invalid_refresh_token`.
   */
  async refresh(token: string): Promise<Grant> {
    const named = readRefreshToken(token);
    const session = named && await this.#living(named.sessionId);
    if (!session) throw new ParleyError("invalid_refresh_token");
    if (named.generation === session.generation && hashToken(token) === session.tokenHash) {
      return await this.#rotate(session) ??
        await this.#repeat(token, named.generation, await this.#living(session.id));
    }
    return await this.#repeat(token, named.generation, session);
  }

  /** One page of the user's sessions, the newest first; it may hold fewer where some have run out. */
  async list(userId: string, limit: number, cursor?: string): Promise<Page<Session>> {
    const found = await this.#store.find(sessions, {
      where: { userId, ...(cursor !== undefined && { id: { lt: cursor } }) },
      order: [["id", "desc"]],
      limit: limit + 1,
    });
    const now = iso(this.#clock.now());
    const { rows, pagination } = page(found, limit, ({ id }) => id);
    return { rows: rows.filter((session) => session.expiresAt > now), pagination };
  }

  /** Ends the caller's own session; doing so twice is harmless. */
  async logout({ userId, sessionId }: Principal): Promise<void> {
    await this.#end({ id: sessionId, userId });
  }

  /** Ends one session of the user's. Throws `not_found`. */
  async end(userId: string, sessionId: string): Promise<void> {
    const session = await this.#store.get(sessions, sessionId);
    if (session?.userId !== userId) throw notFound();
    await this.#end(session);
  }

  /** Ends every session of the user's but `except`. */
  async endAll(userId: string, except?: string): Promise<void> {
    const all = await this.#store.find(sessions, { where: { userId }, order: [["id", "asc"]] });
    await Promise.all(all.filter(({ id }) => id !== except).map((session) => this.#end(session)));
  }

  /** Those of `ids` whose sessions are over, wherever they were ended. */
  async ended(ids: readonly string[]): Promise<Set<string>> {
    const over = new Set(ids);
    const now = iso(this.#clock.now());
    for (const session of await this.#store.find(sessions, { where: { id: { in: ids } } })) {
      if (session.expiresAt > now) over.delete(session.id);
    }
    return over;
  }

  async #living(id: string): Promise<Session | undefined> {
    const session = await this.#store.get(sessions, id);
    return session && session.expiresAt > iso(this.#clock.now()) ? session : undefined;
  }

  async #rotate(session: Session): Promise<Grant | undefined> {
    const generation = session.generation + 1;
    const refreshToken = this.#tokens.refreshToken(session, generation);
    const now = this.#clock.now();
    const set = {
      generation,
      tokenHash: hashToken(refreshToken),
      rotatedAt: iso(now),
      lastUsedAt: iso(now),
      expiresAt: iso(now + this.#lifeMs),
    };
    const rotated = await this.#store.patch(sessions, session.id, { set }, {
      generation: session.generation,
    });
    return rotated && { session: rotated, refreshToken };
  }

  async #repeat(token: string, generation: number, session: Session | undefined): Promise<Grant> {
    const spent = session && generation < session.generation &&
      this.#tokens.isRefreshToken(token, session, generation);
    if (!spent) throw new ParleyError("invalid_refresh_token");
    const age = this.#clock.now() - Date.parse(session.rotatedAt);
    if (generation === session.generation - 1 && age <= GRACE_MS) {
      const refreshToken = this.#tokens.refreshTokenOf(session.tokenHash, session, session.generation);
      if (refreshToken !== undefined) return { session, refreshToken };
    } else {
      await this.#end(session);
    }
    throw new ParleyError("invalid_refresh_token");
  }

  async #end({ id, userId }: Pick<Session, "id" | "userId">): Promise<void> {
    await this.#store.delete(sessions, id);
    this.#events.emit("session_ended", { userId, sessionId: id });
  }
}
