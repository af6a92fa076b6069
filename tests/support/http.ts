import { assert, assertEquals } from "@std/assert";
import type { z } from "zod";
import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { createHttp } from "../../src/http/http.ts";
import type { HttpDeps } from "../../src/http/http.ts";
import type { Authenticate } from "../../src/http/guard.ts";
import { budgets } from "../../src/http/limits.ts";
import { errorsOf } from "../../src/http/openapi.ts";
import { origins } from "../../src/http/origins.ts";
import type { Router, RouteSpec } from "../../src/http/route.ts";
import { problemSchema } from "../../src/http/schema.ts";
import type { Clock, Stop } from "../../src/kernel/clock.ts";
import { ERRORS } from "../../src/kernel/errors.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import type { Principal } from "../../src/kernel/principal.ts";

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 2, 3, 4, 5);
  readonly #due = new Set<{ at: number; every: number | undefined; task: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): Stop {
    return this.#plan({ at: this.#now + ms, every: undefined, task });
  }

  every(ms: number, task: () => void): Stop {
    return this.#plan({ at: this.#now + ms, every: ms, task });
  }

  /** Lets `ms` pass, and with them what is due. */
  move(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.at;
      if (next.every === undefined) this.#due.delete(next);
      else next.at += next.every;
      next.task();
    }
    this.#now = end;
  }

  #next(end: number): { at: number; every: number | undefined; task: () => void } | undefined {
    return [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  #plan(timer: { at: number; every: number | undefined; task: () => void }): Stop {
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  }
}

/** Budgets without limits. */
export const unlimited = budgets({
  windowMs: 900_000,
  maxRequests: 0,
  userRequests: 0,
  messages: 0,
  account: 0,
});

/** The HTTP layer without limits, unless `deps` says otherwise. */
export function testHttp(deps: Partial<HttpDeps> = {}): Router {
  const clock = deps.clock ?? new TestClock();
  return createHttp({
    log: silentLogger,
    clock,
    limiter: new MemoryLimiter(clock),
    budgets: unlimited,
    authenticate: principalFromToken,
    origins: origins([]),
    trustedProxies: { kind: "none" },
    hsts: false,
    ...deps,
  });
}

/** Takes the token itself for the user's id: for tests of modules that have nothing to do with tokens. */
export const principalFromToken: Authenticate = (token: string): Principal => ({
  userId: token,
  sessionId: `session-${token}`,
  role: "user",
  expiresAt: Number.MAX_SAFE_INTEGER,
});

/** What a test sends. */
export interface Send {
  /** The access token. */
  readonly as?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The peer's address. */
  readonly from?: string;
}

/** What came back; `body` is the parsed JSON, for tests to compare. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** Sends requests to a router, and holds every answer to the route's declaration. */
export class TestClient {
  readonly #router: Router;

  constructor(router: Router) {
    this.#router = router;
  }

  /** Sends `call`, such as `POST /api/messages`. */
  async send(call: string, { as, body, headers, from = "192.0.2.1" }: Send = {}): Promise<Received> {
    const [method = "", path = ""] = call.split(" ");
    const request = new Request(`http://parley.test${path}`, {
      method,
      headers: {
        ...(as !== undefined && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return await this.fetch(request, from);
  }

  /** Sends a request as it is. */
  async fetch(request: Request, from = "192.0.2.1"): Promise<Received> {
    const connection = { remoteAddr: { transport: "tcp", hostname: from } };
    const response = await this.#router.app.fetch(request, connection);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const received = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
    this.#check(request, received);
    return received;
  }

  #check(request: Request, { status, headers, body }: Received): void {
    assert(headers.get("x-request-id"), "every response carries a request id");
    const spec = this.#declared(request);
    if (status >= 400) {
      problemSchema.parse(body);
      assertEquals(headers.get("content-type"), "application/problem+json");
      assertEquals(body.requestId, headers.get("x-request-id"));
      if (spec) {
        assert(errorsOf(spec).has(body.code), `${spec.method} ${spec.path} does not declare ${body.code}`);
      }
    } else if (spec) {
      assert(status === spec.ok.status || status === spec.ok.also, `${spec.path} does not declare ${status}`);
      assertShape(spec.ok.schema, status, body);
    }
  }

  #declared(request: Request): RouteSpec | undefined {
    const path = new URL(request.url).pathname.split("/");
    const matches = this.#router.declared.filter((spec) => {
      const parts = spec.path.split("/");
      return spec.method.toUpperCase() === request.method && parts.length === path.length &&
        parts.every((part, index) => part.startsWith(":") || part === path[index]);
    });
    return matches[0];
  }
}

/** A body is as declared, and has nothing that is not. */
function assertShape(schema: z.ZodType | undefined, status: number, body: unknown): void {
  if (schema && status !== 204) assertEquals(body, schema.parse(body));
  else assertEquals(body, "");
}

/** Asserts a problem of the table. */
export function assertProblem(received: Received, code: keyof typeof ERRORS): void {
  assertEquals({ status: received.status, code: received.body.code }, { status: ERRORS[code].status, code });
}
