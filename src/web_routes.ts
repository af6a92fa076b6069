import type { Handler } from "hono";
import type { HttpEnv } from "./http/call.ts";
import type { Router } from "./http/route.ts";
import { send } from "./http/sending.ts";
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

function serve(file: WebFile): Handler<HttpEnv> {
  const headers = {
    "cache-control": file.path.startsWith("/assets/") ? YEAR : "no-cache",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
  };
  return (c) => {
    c.get("call").route = file.path;
    return send(c.req.raw.headers, file, headers);
  };
}

const notBuilt: Handler<HttpEnv> = (c) => {
  return c.text(NOT_BUILT, 503, { "retry-after": "5" });
};
