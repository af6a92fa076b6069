import { backoff } from "./backoff.ts";
import { pause } from "./clock.ts";
import { ParleyError } from "./errors.ts";
import type { Runtime } from "./services.ts";
import type { SignedIn, User } from "./wire.ts";

/** Who is signed in, as it is kept. */
export interface Grant {
  readonly user: User;
  readonly accessToken: string;
  /** None when the access token came from elsewhere. */
  readonly refreshToken?: string;
  /** When the access token ends and when it is to be renewed, by this machine's clock. */
  readonly expiresAt: number;
  readonly renewAt: number;
}

/** Who hears of what becomes of the tokens. */
export interface TokenEvents {
  /** The user is no longer signed in, whoever ended that. */
  readonly onLost: () => void;
  /** A fresh token has come. */
  readonly onFresh: (grant: Grant) => void;
}

/** Where the grant is kept; all else lies under the user's id. */
export const GRANT = "session";

const RENEW_BEFORE_MS = 60_000;
/** The server answers a repeated refresh alike for 10 s: an answer that got lost is asked for again within that time. */
const REFRESH_TIMEOUT_MS = 8_000;
const REFRESH_ATTEMPTS = 3;

/**
 * The user's tokens. One refresh is under way at a time, across tabs too where the runtime has locks: refresh tokens
 * rotate, and using an old one ends the session.
 */
export class Tokens {
  #grant: Grant | undefined;
  #refreshing: Promise<string> | undefined;
  readonly #runtime: Runtime;
  readonly #events: TokenEvents;

  constructor(runtime: Runtime, events: TokenEvents) {
    this.#runtime = runtime;
    this.#events = events;
  }

  get grant(): Grant | undefined {
    return this.#grant;
  }

  /** Takes up what the storage has. */
  async restore(): Promise<void> {
    this.#grant = await this.#runtime.storage.get<Grant>(GRANT) ?? this.#grant;
  }

  /** Takes what signing in has answered. */
  accept(answer: SignedIn): Promise<Grant> {
    return this.#keep(answer);
  }

  /** Takes a token that came from elsewhere, of which nothing is known. It is not kept. */
  adopt(accessToken: string, user: User): void {
    this.#grant = { accessToken, user, expiresAt: Infinity, renewAt: Infinity };
  }

  /** Keeps a newer record of the user. */
  async learn(user: User): Promise<void> {
    if (this.#grant?.user.id !== user.id) return;
    this.#events.onFresh(this.#grant = { ...this.#grant, user });
    if (this.#grant.refreshToken !== undefined) {
      await this.#runtime.storage.set(new Map([[GRANT, this.#grant]]));
    }
  }

  /** A token that is good now; an ending one is renewed first, if it can be. */
  async fresh(): Promise<string> {
    const grant = this.#grant;
    if (!grant) throw unauthenticated();
    const now = this.#runtime.clock.now();
    if (now < grant.renewAt) return grant.accessToken;
    try {
      return await this.#refreshOnce();
    } catch (error) {
      if (error instanceof ParleyError && error.retryable && now < grant.expiresAt) return grant.accessToken;
      throw error;
    }
  }

  /** Another token than `spent`, which the server refused. Rejects when there is none any more. */
  async renew(spent: string): Promise<string> {
    const grant = this.#grant;
    if (!grant) throw unauthenticated();
    return grant.accessToken === spent ? await this.#refreshOnce() : grant.accessToken;
  }

  /** Signs out here; the storage is not touched. */
  forget(): void {
    this.#grant = undefined;
  }

  #refreshOnce(): Promise<string> {
    return this.#refreshing ??= this.#exclusively(() => this.#refresh()).finally(() =>
      this.#refreshing = undefined
    );
  }

  #exclusively(work: () => Promise<string>): Promise<string> {
    const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: Locks };
    return locks ? locks.request(`parley ${this.#runtime.url}`, work) : work();
  }

  async #refresh(): Promise<string> {
    const spent = this.#grant;
    if (!spent) throw unauthenticated();
    if (spent.refreshToken === undefined) {
      throw unauthenticated("token_expired");
    }
    const other = await this.#adoptStored(spent);
    if (other && this.#runtime.clock.now() < other.renewAt) return other.accessToken;
    const used = other ?? spent;
    try {
      return await this.#exchange(used);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.status !== 401) throw error;
      const rotated = await this.#adoptStored(used);
      if (rotated) return rotated.accessToken;
      await this.#lose();
      throw error;
    }
  }

  /** The grant that another tab has got meanwhile, if it did. */
  async #adoptStored(known: Grant): Promise<Grant | undefined> {
    const stored = await this.#runtime.storage.get<Grant>(GRANT);
    if (stored?.refreshToken === known.refreshToken || stored?.user.id !== known.user.id) return undefined;
    this.#events.onFresh(this.#grant = stored);
    return stored;
  }

  async #exchange({ refreshToken }: Grant): Promise<string> {
    for (let attempt = 1;; attempt++) {
      try {
        const call = { body: { refreshToken }, timeoutMs: REFRESH_TIMEOUT_MS };
        const answer = await this.#runtime.http.call("POST /api/auth/refresh", call) as SignedIn;
        if (this.#grant?.refreshToken !== refreshToken) throw unauthenticated(); // signed out meanwhile
        return (await this.#keep(answer)).accessToken;
      } catch (error) {
        const again = error instanceof ParleyError && error.retryable && error.status === undefined;
        if (!again || attempt === REFRESH_ATTEMPTS) throw error;
        await pause(this.#runtime.clock, backoff(attempt, this.#runtime.random), this.#runtime.http.closing);
      }
    }
  }

  /** By the machine's own clock: the server's may be anywhere. */
  async #keep({ user, accessToken, refreshToken, expiresIn }: SignedIn): Promise<Grant> {
    const now = this.#runtime.clock.now();
    const lifeMs = expiresIn * 1_000;
    const renewAt = now + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 4);
    const grant = { user, accessToken, refreshToken, expiresAt: now + lifeMs, renewAt };
    this.#grant = grant;
    await this.#runtime.storage.set(new Map([[GRANT, grant]]));
    this.#events.onFresh(grant);
    return grant;
  }

  async #lose(): Promise<void> {
    this.forget();
    const { storage } = this.#runtime;
    // Another tab has logged out: what this one has written since must not outlive that.
    if (await storage.get(GRANT) === undefined) await storage.clear();
    else await storage.delete([GRANT]);
    this.#events.onLost();
  }
}

/** Locks of all tabs of an origin, where there are any. */
interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Nobody is signed in, or no longer. */
export function unauthenticated(code = "unauthenticated"): ParleyError {
  return new ParleyError(code, undefined, { status: 401 });
}
