import type { Allowance } from "../ports/limiter.ts";

const HSTS = "max-age=31536000";
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Sets what every response carries; a page that brings its own policy keeps it. */
export function securityHeaders(headers: Headers, hsts: boolean): void {
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", API_POLICY);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has("vary")) headers.set("vary", "Origin");
  if (hsts) headers.set("strict-transport-security", HSTS);
}

/** Sets `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds), as in draft-ietf-httpapi-ratelimit-headers-06. */
export function rateLimitHeaders(headers: Headers, allowance: Allowance): void {
  headers.set("ratelimit-limit", String(allowance.limit));
  headers.set("ratelimit-remaining", String(allowance.remaining));
  headers.set("ratelimit-reset", String(Math.ceil(allowance.resetMs / 1000)));
}
