import { failure } from "./errors.ts";
import type { ParleyError } from "./errors.ts";
import type { Runtime } from "./services.ts";
import type { SignedIn, User } from "./wire.ts";

/** What the user may show to the server, as it is kept. */
export interface Grant {
  readonly userId: string;
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
  /** A fresh access token has come, and perhaps news of the user. */
  readonly onFresh: (accessToken: string, user?: User) => void;
}

/** Where the grant is kept, and the user's record: apart, since an older grant must never replace a newer one. */
const GRANT = "session";
const USER = "user";

const RENEW_BEFORE_MS = 60_000;
/** The server answers a repeated refresh alike for 10 s. */
const REFRESH_TIMEOUT_MS = 8_000;

/**
 * The user's tokens. One refresh is under way at a time, across tabs too where the runtime has locks: refresh tokens
 * rotate, and using an old one ends the session.
 */
export class Tokens {
  /** Nobody is signed in without one. */
  grant: Grant | undefined;
  #refreshing: Promise<Grant> | undefined;
  readonly #runtime: Runtime;
  readonly #events: TokenEvents;

  constructor(runtime: Runtime, events: TokenEvents) {
    this.#runtime = runtime;
    this.#events = events;
  }

  /** Takes up what the storage has. */
  async restore(): Promise<User | undefined> {
    const { storage } = this.#runtime;
    const [grant, user] = [await storage.get<Grant>(GRANT), await storage.get<User>(USER)];
    if (grant?.userId !== user?.id) return undefined;
    this.grant = grant;
    return user;
  }

  /** Takes what signing in has answered. */
  async accept(answer: SignedIn): Promise<void> {
    await this.#keep(answer);
  }

  /** Takes a token that came from elsewhere, of which nothing is known. It is not kept. */
  adopt(accessToken: string, { id }: User): void {
    this.grant = { accessToken, userId: id, expiresAt: Infinity, renewAt: Infinity };
  }

  /** Keeps a newer record of the user. */
  async learn(user: User): Promise<void> {
    if (this.grant?.refreshToken) await this.#runtime.storage.set(new Map([[USER, user]]));
  }

  /**
   * A token that is good now, and another one than `spent`, which the server has refused; renewed first where it
   * must be. Rejects when there is none any more.
   */
  async fresh(spent?: string): Promise<string> {
    const grant = this.grant;
    if (!grant) throw unauthenticated();
    const now = this.#runtime.clock.now();
    const isTaken = grant.accessToken !== spent;
    if (isTaken && now < grant.renewAt) return grant.accessToken;
    try {
      return (await this.#refreshOnce()).accessToken;
    } catch (error) {
      if (isTaken && now < grant.expiresAt && (error as ParleyError).retryable) return grant.accessToken;
      throw error;
    }
  }

  #refreshOnce(): Promise<Grant> {
    const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: Locks };
    const refresh = () => this.#refresh();
    return this.#refreshing ??= (locks ? locks.request(`parley ${this.#runtime.url}`, refresh) : refresh())
      .finally(() => this.#refreshing = undefined);
  }

  async #refresh(): Promise<Grant> {
    const spent = this.grant;
    if (!spent?.refreshToken) throw unauthenticated(spent && "token_expired");
    const other = await this.#adoptStored(spent);
    if (other && this.#runtime.clock.now() < other.renewAt) return other;
    const used = other ?? spent;
    try {
      return await this.#exchange(used);
    } catch (error) {
      // Whoever has signed in meanwhile stays so.
      if ((error as ParleyError).status !== 401 || this.grant !== used) throw error;
      const rotated = await this.#adoptStored(used);
      if (rotated) return rotated;
      await this.#lose();
      throw error;
    }
  }

  /** The grant that another tab has got meanwhile, if it did. */
  async #adoptStored(known: Grant): Promise<Grant | undefined> {
    const stored = await this.#runtime.storage.get<Grant>(GRANT);
    if (stored?.refreshToken === known.refreshToken || stored?.userId !== known.userId) return undefined;
    this.grant = stored;
    this.#events.onFresh(stored.accessToken);
    return stored;
  }

  async #exchange(used: Grant): Promise<Grant> {
    const ask = () => {
      const call = { body: { refreshToken: used.refreshToken }, timeoutMs: REFRESH_TIMEOUT_MS };
      return this.#runtime.http.call("POST /api/auth/refresh", call) as Promise<SignedIn>;
    };
    // An answer that got lost is asked for once more.
    const answer = await ask().catch((error) =>
      error.status === undefined && error.retryable ? ask() : Promise.reject(error)
    );
    if (this.grant !== used) throw unauthenticated(); // signed out meanwhile
    return await this.#keep(answer);
  }

  /** By the machine's own clock: the server's may be anywhere. */
  async #keep({ user, accessToken, refreshToken, expiresIn }: SignedIn): Promise<Grant> {
    const now = this.#runtime.clock.now();
    const lifeMs = expiresIn * 1_000;
    const renewAt = now + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 4);
    const grant = { userId: user.id, accessToken, refreshToken, expiresAt: now + lifeMs, renewAt };
    this.grant = grant;
    await this.#runtime.storage.set(new Map<string, unknown>([[GRANT, grant], [USER, user]]));
    this.#events.onFresh(accessToken, user);
    return grant;
  }

  async #lose(): Promise<void> {
    this.grant = undefined;
    const { storage } = this.#runtime;
    // Another tab has logged out: what this one has written since must not outlive that.
    if (await storage.get(GRANT)) await storage.delete([GRANT]);
    else await storage.clear();
    this.#events.onLost();
  }
}

/** Locks of all tabs of an origin, where there are any. */
interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Nobody is signed in, or no longer. */
export function unauthenticated(code = "unauthenticated"): ParleyError {
  return failure(code, { status: 401 });
}
