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
  ...["ETag", "Accept-Ranges", "Content-Range", "Content-Disposition"],
  ...["Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"],
  ...["Upload-Offset", "Upload-Length", "Upload-Expires"],
];

const ALLOWED = [
  ...["Authorization", "Content-Type", "X-Request-Id", "X-File-Name", "Range", "If-Range", "If-None-Match"],
  ...["Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum"],
];

/** Lets the pages of allowed origins read responses, and answers their preflights. */
export function cors(origins: Origins): MiddlewareHandler<HttpEnv> {
  const answer = honoCors({
    origin: (origin, c) => origins.allows(origin, c.req.url) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ALLOWED,
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });
  return function cors(c, next) {
    return c.req.raw.headers.has("origin") ? answer(c, next) : next();
  };
}
