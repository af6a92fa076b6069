import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { Events } from "../../kernel/events.ts";
import { Lru } from "../../kernel/lru.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Store } from "../../ports/store.ts";
import { sessions } from "./records.ts";
import type { Tokens } from "./tokens.ts";

/** A session is looked up again when it was last seen alive this long ago. */
const RECHECK_MS = 2000;
const CACHED = 20_000;

interface SessionState {
  /** When the last look began that found it alive. */
  checkedAt: number;
  ended: boolean;
  looking: Promise<void> | undefined;
}

/**
 * Shows whom access tokens speak for. A token's signature is checked once; whether its session still lives, at
 * most every two seconds, so that a logout is felt on every node by then and on this one at once.
 */
export class Verifier {
  readonly #tokens: Tokens;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #verified = new Lru<string, Principal>(CACHED);
  readonly #sessions = new Lru<string, SessionState>(CACHED);

  constructor(tokens: Tokens, store: Store, clock: Clock, events: Events) {
    this.#tokens = tokens;
    this.#store = store;
    this.#clock = clock;
    events.on("session_ended", ({ sessionId }) => this.#state(sessionId).ended = true);
  }

  /**
   * The principal of an access token, at once when it is known. Throws or rejects with `unauthenticated` or
   * `token_expired`; rejects with `StoreUnavailable` when the session cannot be looked up.
   */
  authenticate(token: string): Principal | Promise<Principal> {
    const known = this.#verified.get(token);
    if (!known) return this.#admit(token);
    const now = this.#clock.now();
    if (known.expiresAt <= now) throw new ParleyError("token_expired");
    const state = this.#sessions.get(known.sessionId);
    const fresh = state && !state.ended && now - state.checkedAt < RECHECK_MS;
    return fresh ? known : this.#confirmed(known);
  }

  /** Resolves when the session lives. Throws `unauthenticated`, `StoreUnavailable`. */
  async confirm({ sessionId, userId }: Principal): Promise<void> {
    const state = this.#state(sessionId);
    if (!state.ended && this.#clock.now() - state.checkedAt >= RECHECK_MS) {
      state.looking ??= this.#look(state, sessionId, userId).finally(() => state.looking = undefined);
      await state.looking;
    }
    if (state.ended) throw new ParleyError("unauthenticated", "The session has ended");
  }

  async #admit(token: string): Promise<Principal> {
    const principal = await this.#confirmed(await this.#tokens.verify(token));
    this.#verified.set(token, principal);
    return principal;
  }

  async #confirmed(principal: Principal): Promise<Principal> {
    await this.confirm(principal);
    return principal;
  }

  async #look(state: SessionState, sessionId: string, userId: string): Promise<void> {
    const began = this.#clock.now();
    const session = await this.#store.get(sessions, sessionId);
    if (session?.userId === userId && session.expiresAt > iso(began)) state.checkedAt = began;
    else state.ended = true;
  }

  #state(sessionId: string): SessionState {
    const known = this.#sessions.get(sessionId);
    if (known) return known;
    const state: SessionState = { checkedAt: -Infinity, ended: false, looking: undefined };
    this.#sessions.set(sessionId, state);
    return state;
  }
}
