import type { Handler } from "hono";
import type { HttpEnv } from "./http/call.ts";
import type { Router } from "./http/route.ts";
import type { Logger } from "./kernel/log.ts";
import type { WebFile, WebFiles } from "./ports/web_files.ts";
import { APP_PATHS } from "./web/paths.ts";

/** What the page may load: its own, pictures that people name, and nothing that is written into it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types parley",
].join("; ");

const YEAR = "public, max-age=31536000, immutable";
const NOT_BUILT = "The web app has not been built. Run: deno task build\n";

/**
 * Serves the web app: its page under every path of its own, its files as they are called. They count on no limit.
 * Without `files` those paths answer `503` and say what to do.
 */
export function webRoutes({ app }: Router, files: WebFiles | undefined, log: Logger): void {
  if (!files) log.warn("web_app_not_built", { remedy: "deno task build" });
  const page = files ? serve(files.page) : notBuilt;
  for (const path of APP_PATHS) app.get(path, page);
  for (const file of files?.others ?? []) app.get(file.path, serve(file));
}

/** Answers with a file, compressed where the other end can read that, or that it has not changed. */
function serve(file: WebFile): Handler<HttpEnv> {
  const caching = file.path.startsWith("/assets/") ? YEAR : "no-cache";
  return (c) => {
    c.get("call").route = file.path;
    const compressed = takesGzip(c.req.header("accept-encoding") ?? "");
    const headers = new Headers({
      "cache-control": caching,
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "etag": `"${file.hash}${compressed ? "-gzip" : ""}"`,
      "vary": "Accept-Encoding",
    });
    if (isKnown(c.req.header("if-none-match") ?? "", file.hash)) {
      return new Response(null, { status: 304, headers });
    }
    headers.set("content-type", file.type);
    if (compressed) headers.set("content-encoding", "gzip");
    return new Response(compressed ? file.gzip : file.bytes, { headers });
  };
}

const notBuilt: Handler<HttpEnv> = (c) => {
  return c.text(NOT_BUILT, 503, { "retry-after": "5" });
};

/** Whether `Accept-Encoding` (RFC 9110, 12.5.3) names gzip, or anything, and does not refuse it. */
function takesGzip(accepted: string): boolean {
  const weights = new Map(
    accepted.split(",").map((entry) => {
      const [name = "", ...parameters] = entry.trim().toLowerCase().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2) names this content, in either encoding. */
function isKnown(tags: string, hash: string): boolean {
  return tags.trim() === "*" ||
    tags.split(",").some((tag) => [`"${hash}"`, `"${hash}-gzip"`].includes(tag.trim().replace(/^W\//, "")));
}
