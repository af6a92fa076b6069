import type { Handler } from "hono";
import type { Config } from "./config.ts";
import type { HttpEnv } from "./http/call.ts";
import type { Router } from "./http/route.ts";
import { send } from "./http/sending.ts";
import type { Logger } from "./kernel/log.ts";
import type { WebFile, WebFiles } from "./ports/web_files.ts";
import { APP_PATHS } from "./web/paths.ts";

/** What the page may load: its own, pictures that people name, files from and to `origins`, and nothing that is written into it. */
function policyWith(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' https: data: blob:", ...origins].join(" "),
    ["media-src 'self' blob:", ...origins].join(" "),
    ["connect-src 'self'", ...origins].join(" "),
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types parley",
  ].join("; ");
}

/**
 * Where clients are sent for files and with them: `presign` does so wherever there is a bucket. A browser asks the page's
 * policy about that too.
 */
export function fileOrigins({ s3 }: Config["uploads"]): readonly string[] {
  if (!s3) return [];
  const endpoint = s3.publicEndpoint ?? s3.endpoint;
  if (endpoint !== undefined) return [new URL(endpoint).origin];
  // A name with dots in it is no host with a certificate: Amazon's own clients then put it into the path.
  const host = `s3.${s3.region}.amazonaws.com`;
  return [`https://${s3.bucket.includes(".") ? host : `${s3.bucket}.${host}`}`];
}

const YEAR = "public, max-age=31536000, immutable";
const NOT_BUILT = "The web app has not been built. Run: deno task build\n";

/**
 * Serves the web app: its page under every path of its own, its files as they are called. They count on no limit. The page
 * may show, play, fetch and bring what `origins` hold, beside its own. Without `files` those paths answer `503` and say what to do.
 */
export function webRoutes(
  { app }: Router,
  files: WebFiles | undefined,
  log: Logger,
  origins: readonly string[] = [],
): void {
  if (!files) log.warn("web_app_not_built", { remedy: "deno task build" });
  const policy = policyWith(origins);
  const page = files ? serve(files.page, policy) : notBuilt;
  for (const path of APP_PATHS) app.get(path, page);
  for (const file of files?.others ?? []) app.get(file.path, serve(file, policy));
}

function serve(file: WebFile, policy: string): Handler<HttpEnv> {
  const headers = {
    "cache-control": file.path.startsWith("/assets/") ? YEAR : "no-cache",
    "content-security-policy": policy,
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
