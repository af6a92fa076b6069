import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { Events } from "../../kernel/events.ts";
import { newId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import { orRefuse, takeSurely } from "../../http/limits.ts";
import type { Budget, Limiter } from "../../ports/limiter.ts";
import type { Store } from "../../ports/store.ts";
import type { Account, Accounts, Login, Registration } from "./accounts.ts";
import { PasswordHasher } from "./password.ts";
import type { PasswordCost } from "./password.ts";
import { credentials } from "./records.ts";
import type { Credentials } from "./records.ts";
import { Sessions } from "./sessions.ts";
import type { Client, Grant } from "./sessions.ts";
import { Tickets } from "./tickets.ts";
import { hashToken, Tokens } from "./tokens.ts";
import type { TokenSettings } from "./tokens.ts";
import { Verifier } from "./verifier.ts";

/** Attempts on an account from all addresses together, for each that one address has. */
const EVERYWHERE = 10;

/** What authentication works with. */
export interface AuthDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly limiter: Limiter;
  readonly accounts: Accounts;
  /** Attempts per account. */
  readonly accountBudget: Budget;
  readonly tokens: TokenSettings & { readonly refreshMs: number };
  readonly passwords: PasswordCost;
  /** Takes the place of the hasher that `passwords` gives. */
  readonly hasher?: PasswordHasher;
}

/** What registering, logging in and refreshing answer. */
export interface SignedIn {
  readonly user: object;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds that the access token lasts. */
  readonly expiresIn: number;
}

/** Accounts' passwords, sessions and tokens. */
export class AuthService {
  readonly sessions: Sessions;
  readonly tickets: Tickets;
  readonly verifier: Verifier;
  readonly #deps: AuthDeps;
  readonly #tokens: Tokens;
  readonly #hasher: PasswordHasher;
  /** Nobody's, for unknown users to take as long as known ones. */
  readonly #dummyHash: string;

  constructor(deps: AuthDeps) {
    const { store, events, clock } = deps;
    this.#deps = deps;
    this.#tokens = new Tokens(deps.tokens, clock);
    this.#hasher = deps.hasher ?? new PasswordHasher(deps.passwords, clock);
    this.#dummyHash = this.#hasher.dummy();
    this.sessions = new Sessions({
      store,
      tokens: this.#tokens,
      events,
      clock,
      lifeMs: deps.tokens.refreshMs,
    });
    this.verifier = new Verifier(this.#tokens, store, clock, events);
    this.tickets = new Tickets(store, this.verifier, clock);
  }

  /** Makes a user and signs it in. Throws `email_taken`, `username_taken`, `rate_limited`, `overloaded`. */
  async register(registration: Registration, password: string, client: Client): Promise<SignedIn> {
    await this.#limit("register", registration.email, client.address);
    const { accounts, store } = this.#deps;
    await accounts.ensureFree(registration);
    const id = newId();
    const passwordHash = await this.#hasher.hash(password);
    // The password first: a crash in between leaves one that nobody can use, not a user that nobody can be.
    await store.insert(credentials, { id, passwordHash, version: 0 });
    try {
      await accounts.create(id, registration);
    } catch (error) {
      if (error instanceof ParleyError) await store.delete(credentials, id);
      throw error;
    }
    return await this.#signedIn({ id, role: "user", isActive: true }, await this.sessions.open(id, client));
  }

  /** Throws `invalid_credentials`, alike in text and time for unknown users; `rate_limited`, `overloaded`. */
  async login(login: Login, password: string, client: Client): Promise<SignedIn> {
    const account = await this.#deps.accounts.find(login);
    await this.#limit("login", account?.id ?? Object.values(login).join(), client.address);
    const version = await this.#check(account?.id, password);
    if (!account?.isActive) throw new ParleyError("invalid_credentials");
    const grant = await this.sessions.open(account.id, client);
    // A change of the password ends the sessions that it sees; one that it could not see ends here.
    if (version !== await this.#version(account.id)) {
      await this.sessions.end(account.id, grant.session.id);
      throw new ParleyError("invalid_credentials");
    }
    await this.#deps.accounts.recordLogin(account.id);
    return await this.#signedIn(account, grant);
  }

  /** Exchanges a refresh token: see `Sessions.refresh`. Throws `invalid_refresh_token`. */
  async refresh(refreshToken: string): Promise<SignedIn> {
    const grant = await this.sessions.refresh(refreshToken);
    const account = await this.#deps.accounts.get(grant.session.userId);
    if (!account?.isActive) throw new ParleyError("invalid_refresh_token");
    return await this.#signedIn(account, grant);
  }

  /**
   * Replaces the password and ends every other session. Throws `invalid_credentials` when `current` is wrong or
   * was changed meanwhile.
   */
  async changePassword(user: Principal, current: string, next: string): Promise<void> {
    await this.#limit("password", user.userId, "");
    const version = await this.#check(user.userId, current);
    const passwordHash = await this.#hasher.hash(next);
    const change = { set: { passwordHash, version: version + 1 } };
    const changed = await this.#deps.store.patch(credentials, user.userId, change, { version });
    if (!changed) throw new ParleyError("invalid_credentials");
    await this.sessions.endAll(user.userId, user.sessionId);
  }

  /** Answers the version of the credentials that `password` opens. Throws `invalid_credentials`. */
  async #check(userId: string | undefined, password: string): Promise<number> {
    const found = await this.#deps.store.get(credentials, userId ?? "nobody");
    const right = await this.#hasher.verify(password, found?.passwordHash ?? this.#dummyHash);
    if (!found || !right) throw new ParleyError("invalid_credentials");
    if (this.#hasher.isOutdated(found.passwordHash)) await this.#renew(found, password);
    return found.version;
  }

  /** Keeps the password at today's cost, unless it was changed meanwhile. */
  async #renew({ id, version }: Credentials, password: string): Promise<void> {
    const passwordHash = await this.#hasher.hash(password);
    await this.#deps.store.patch(credentials, id, { set: { passwordHash } }, { version });
  }

  async #version(userId: string): Promise<number | undefined> {
    return (await this.#deps.store.get(credentials, userId))?.version;
  }

  /**
   * Counts an attempt on an account: by its address, and with a larger budget from everywhere, so that a stranger's
   * guesses do not lock the owner out. Accounts are counted by digest: the limiter learns no e-mail address.
   */
  async #limit(action: string, account: string, address: string): Promise<void> {
    const { limiter, accountBudget } = this.#deps;
    if (accountBudget.points === 0) return;
    const key = `${action}:${hashToken(account)}`;
    orRefuse(await takeSurely(limiter, accountBudget, `${key}:${address}`));
    const everywhere = { ...accountBudget, name: "account_all", points: accountBudget.points * EVERYWHERE };
    orRefuse(await takeSurely(limiter, everywhere, key));
  }

  async #signedIn(account: Account, { session, refreshToken }: Grant): Promise<SignedIn> {
    const [user, accessToken] = await Promise.all([
      this.#deps.accounts.own(account.id),
      this.#tokens.sign(account.id, session.id, account.role),
    ]);
    return { user, accessToken, refreshToken, expiresIn: this.#tokens.expiresIn };
  }
}
