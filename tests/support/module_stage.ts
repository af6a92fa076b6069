import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { createHttp } from "../../src/http/http.ts";
import { budgets } from "../../src/http/limits.ts";
import { origins } from "../../src/http/origins.ts";
import type { Router } from "../../src/http/route.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { newId } from "../../src/kernel/ids.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import type { UserCard } from "../../src/kernel/user_card.ts";
import type { Bus, BusMessage } from "../../src/ports/bus.ts";

/** Time that stands until it is moved. */
export class StandingClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  now = (): number => this.#now;
  after = systemClock.after;
  every = systemClock.every;

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Users who exist once they are added. */
export class TestUsers {
  protected readonly users = new Map<string, UserCard>();

  /** Registers a user and answers the id. */
  add(username: string): string {
    const id = newId();
    this.users.set(id, { id, username, firstName: username, lastName: "T", avatar: null });
    return id;
  }

  remove(id: string): void {
    this.users.delete(id);
  }

  cards(ids: readonly string[]): Promise<ReadonlyMap<string, UserCard>> {
    return Promise.resolve(new Map([...this.users].filter(([id]) => ids.includes(id))));
  }
}

/** A message of the bus with the topic that it went to. */
export type Published = BusMessage & { readonly topic: string } & Readonly<Record<string, unknown>>;

/** A bus that keeps what is published, and tells nobody. */
export function recordingBus(published: Published[]): Bus {
  return {
    publish: (topic, message) => void published.push({ ...message, topic }),
    subscribe: () => Promise.resolve(() => {}),
    onGap: () => () => {},
    close: () => Promise.resolve(),
  };
}

/** What a call was answered with; the shape of the body is what tests look at. */
export interface Answered {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
  readonly location: string | null;
}

/** Calls a route as `userId`, whose id is the token; a string body is sent as it is. */
export type CallRoute = (userId: string, method: string, path: string, body?: unknown) => Promise<Answered>;

/** Serves the routes that `install` declares, without limits; paths are those under `base`. */
export function serveRoutes(base: string, install: (router: Router) => void): CallRoute {
  const router = createHttp({
    log: silentLogger,
    clock: systemClock,
    limiter: new MemoryLimiter(systemClock),
    budgets: budgets({ windowMs: 1_000, maxRequests: 0, userRequests: 0, messages: 0, account: 0 }),
    authenticate(token) {
      if (token === "expired") throw new ParleyError("token_expired");
      return { userId: token, sessionId: "s", role: "user", expiresAt: Infinity };
    },
    origins: origins([]),
    trustedProxies: { kind: "none" },
    hsts: false,
  });
  install(router);
  return async (userId, method, path, body) => {
    const headers: Record<string, string> = userId ? { authorization: `Bearer ${userId}` } : {};
    if (body !== undefined) headers["content-type"] = "application/json";
    const encoded = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const request = new Request(`http://test${base}${path}`, { method, headers, body: encoded });
    const response = await router.app.fetch(request, {});
    const text = await response.text();
    const parsed = text ? JSON.parse(text) : undefined;
    return { status: response.status, body: parsed, location: response.headers.get("location") };
  };
}
