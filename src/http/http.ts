import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import type { Clock } from "../kernel/clock.ts";
import { ParleyError } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/log.ts";
import { Metrics } from "../kernel/metrics.ts";
import type { Pressure } from "../kernel/pressure.ts";
import { noPressure } from "../kernel/pressure.ts";
import { addressing } from "./address.ts";
import type { TrustedProxies } from "./address.ts";
import { Call } from "./call.ts";
import type { HttpEnv } from "./call.ts";
import { cors } from "./cors.ts";
import { Guard } from "./guard.ts";
import type { Authenticate } from "./guard.ts";
import { rateLimitHeaders, securityHeaders } from "./headers.ts";
import { LimitReached } from "./limits.ts";
import type { Budgets, WatchedLimiter } from "./limits.ts";
import { HttpMeters } from "./meters.ts";
import type { Origins } from "./origins.ts";
import { problemResponse, toParleyError } from "./problem.ts";
import type { Router } from "./route.ts";

/** What the HTTP layer works with. */
export interface HttpDeps {
  readonly log: Logger;
  readonly clock: Clock;
  readonly limiter: WatchedLimiter;
  readonly budgets: Budgets;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly trustedProxies: TrustedProxies;
  /** Tells browsers to come back over TLS only. */
  readonly hsts: boolean;
  /** How much the node has to do; nobody measures it unless given. */
  readonly pressure?: Pressure;
  /** Where numbers are kept; nobody reads them unless given. */
  readonly metrics?: Metrics;
}

/**
 * The HTTP layer without any route: `route(router, …)` and `router.app` add them. Serve it by
 * `Deno.serve((request, info) => router.app.fetch(request, info))`; the second argument gives the peer's address.
 *
 * Every response carries `X-Request-Id` and the security headers, those under a limit `RateLimit-*`, those to an
 * allowed origin the CORS headers. A response to a WebSocket upgrade passes untouched. Whatever is thrown, an
 * unknown path (`404 not_found`) and a known one with another method (`405 method_not_allowed`, `Allow`) are
 * answered as problem documents.
 */
export function createHttp(deps: HttpDeps): Router {
  const app = new Hono<HttpEnv>();
  const meters = new HttpMeters(deps.metrics ?? new Metrics());
  app.use(observe(deps, meters));
  app.use(cors(deps.origins));
  app.onError((thrown, c) => failure(thrown, c.get("call")));
  app.notFound((c) => {
    const allowed = methodsOf(app, c.req.path);
    const error = new ParleyError(allowed.length > 0 ? "method_not_allowed" : "not_found");
    const response = problemResponse(error, c.get("call").requestId);
    if (allowed.length > 0) response.headers.set("allow", allowed.join(", "));
    return response;
  });
  const { authenticate, limiter, budgets, pressure = noPressure() } = deps;
  return { app, guard: new Guard({ authenticate, limiter, budgets, pressure, meters }), declared: [] };
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Names each request, logs it when it is done, and gives its response the headers that every one carries. */
function observe(deps: HttpDeps, meters: HttpMeters): MiddlewareHandler<HttpEnv> {
  const addressOf = addressing(deps.trustedProxies);
  return async function observe(c, next) {
    const started = deps.clock.now();
    const { headers } = c.req.raw;
    const given = headers.get("x-request-id");
    const requestId = given && REQUEST_ID.test(given) ? given : newId();
    const call = new Call(requestId, addressOf(headers, c.env ?? {}), deps.log);
    c.set("call", call);
    try {
      await next();
    } catch (thrown) {
      // Hono hands `onError` nothing but instances of Error.
      c.res = failure(thrown, call);
    }
    const { status } = c.res;
    meters.answered(status);
    // The runtime wants the very response that it gave for an upgrade.
    if (status !== 101) {
      securityHeaders(c.res.headers, deps.hsts);
      c.res.headers.set("x-request-id", requestId);
      if (call.allowance) rateLimitHeaders(c.res.headers, call.allowance);
    }
    deps.log.info("request", {
      requestId,
      method: c.req.method,
      route: call.route,
      status,
      ms: deps.clock.now() - started,
      userId: call.user?.userId,
    });
  };
}

/** Refusals that are meant; they are counted, and a line for each would be one more load. */
const MEANT: ReadonlySet<ErrorCode> = new Set(["overloaded", "draining"]);

/** Answers what was thrown, and logs what is the server's fault. */
function failure(thrown: unknown, call: Call): Response {
  const error = toParleyError(thrown);
  if (error instanceof LimitReached) call.allowance = error.allowance;
  if (error.status >= 500 && !MEANT.has(error.code) && !isLeft(thrown)) {
    call.log.error("request_failed", { code: error.code, route: call.route }, error.cause);
  }
  return problemResponse(error, call.requestId);
}

/** Whether the client has left in the middle of its request's body. */
function isLeft(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "BadResource" && thrown.message.includes("request body");
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The methods that `path` answers to. */
function methodsOf(app: Hono<HttpEnv>, path: string): string[] {
  const answers = (method: string) =>
    app.router.match(method, path)[0].some(([[, registered]]) => registered.method !== "ALL");
  return METHODS.filter((method) => answers(method === "HEAD" ? "GET" : method));
}
