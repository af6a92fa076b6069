import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { budgets } from "../../src/http/limits.ts";
import type { LimitSettings } from "../../src/http/limits.ts";
import type { Router } from "../../src/http/route.ts";
import { Events } from "../../src/kernel/events.ts";
import { credentials, sessions, tickets } from "../../src/modules/auth/records.ts";
import { authRoutes } from "../../src/modules/auth/routes.ts";
import { AuthService } from "../../src/modules/auth/service.ts";
import type { AuthDeps } from "../../src/modules/auth/service.ts";
import { blocks, contacts, users } from "../../src/modules/users/records.ts";
import { userRoutes } from "../../src/modules/users/routes.ts";
import { userSchema } from "../../src/modules/users/schema.ts";
import { UserService } from "../../src/modules/users/service.ts";
import { participants } from "../../src/order/records.ts";
import type { Limiter } from "../../src/ports/limiter.ts";
import type { Store } from "../../src/ports/store.ts";
import { TestClient, TestClock, testHttp } from "./http.ts";
import type { Received } from "./http.ts";
import { openTestStore } from "./store.ts";

/** Argon2id at the least that it takes: what is tested is not how hard it is. */
export const CHEAP = { memoryKib: 8, passes: 1, concurrency: 2 };
export const SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

/** What differs from a service without limits. */
export interface AccountsOptions {
  readonly limits?: Partial<LimitSettings>;
  readonly limiter?: Limiter;
  readonly auth?: Partial<AuthDeps>;
  /** Another node's store and clock. */
  readonly store?: Store;
  readonly clock?: TestClock;
}

/** One node that serves accounts and users. */
export class AccountsNode {
  readonly events = new Events();
  readonly online = new Set<string>();
  readonly router: Router;
  readonly client: TestClient;
  readonly auth: AuthService;
  readonly users: UserService;
  readonly clock: TestClock;

  constructor(readonly store: Store, options: AccountsOptions = {}) {
    const clock = this.clock = options.clock ?? new TestClock();
    const { events } = this;
    const off = { windowMs: 900_000, maxRequests: 0, userRequests: 0, messages: 0, account: 0 };
    const limits = budgets({ ...off, ...options.limits });
    const limiter = options.limiter ?? new MemoryLimiter(clock);
    const online = (ids: readonly string[]) =>
      Promise.resolve(new Set(ids.filter((id) => this.online.has(id))));
    this.users = new UserService({ store, clock, events, presence: { online } });
    this.auth = new AuthService({
      store,
      clock,
      events,
      limiter,
      accounts: this.users,
      accountBudget: limits.account,
      tokens: { secret: SECRET, accessMs: 900_000, refreshMs: 86_400_000 },
      passwords: CHEAP,
      ...options.auth,
    });
    const authenticate = this.auth.verifier.authenticate.bind(this.auth.verifier);
    this.router = testHttp({ clock, limiter, budgets: limits, authenticate });
    authRoutes(this.router, this.auth, userSchema);
    userRoutes(this.router, this.users);
    this.client = new TestClient(this.router);
  }

  /** Registers `name` and answers what came back, `201` or not. */
  register(name: string, more: object = {}): Promise<Received> {
    return this.client.send("POST /api/auth/register", { body: { ...person(name), ...more } });
  }

  /** Registers `name` and answers its id and its access token. */
  async join(name: string): Promise<{ id: string; token: string; refreshToken: string }> {
    const { body } = await this.register(name);
    return { id: body.user.id, token: body.accessToken, refreshToken: body.refreshToken };
  }

  /** Signs `name` in. */
  login(name: string, password: string = passwordOf(name)): Promise<Received> {
    return this.client.send("POST /api/auth/login", { body: { username: name, password } });
  }
}

/** A node with a store of its own. */
export async function openAccounts(options: AccountsOptions = {}): Promise<AccountsNode & AsyncDisposable> {
  const opened = await openTestStore([users, contacts, blocks, credentials, sessions, tickets, participants]);
  const node = new AccountsNode(opened.store, options);
  return Object.assign(node, { [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() });
}

export function passwordOf(name: string): string {
  return `correct horse of ${name}`;
}

export function person(name: string): object {
  return {
    email: `${name}@example.org`,
    username: name,
    password: passwordOf(name),
    firstName: name,
    lastName: "Example",
  };
}
