import { cors as honoCors } from "hono/cors";
import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "./call.ts";
import type { Origins } from "./origins.ts";

const EXPOSED = [
  "X-Request-Id",
  "RateLimit-Limit",
  "RateLimit-Remaining",
  "RateLimit-Reset",
  "Retry-After",
  "Location",
];

/** Lets the pages of allowed origins read responses, and answers their preflights. */
export function cors(origins: Origins): MiddlewareHandler<HttpEnv> {
  const answer = honoCors({
    origin: (origin, c) => origins.allows(origin, c.req.url) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "X-Request-Id", "X-File-Name", "Range"],
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });
  return function cors(c, next) {
    return c.req.raw.headers.has("origin") ? answer(c, next) : next();
  };
}
