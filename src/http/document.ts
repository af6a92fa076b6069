import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import type { HttpEnv } from "./call.ts";
import { send } from "./sending.ts";
import type { Content } from "./sending.ts";

/** The header that what `published` answers carries, for its route's declaration. */
export const ETAG = { ETag: "Names this version; with it as `If-None-Match` the answer is `304`" } as const;

/**
 * Answers with the text that `make` makes, once, at the first request. Caches keep it and ask each time whether it is
 * still the same, since it changes with the server's version. `own` are headers beside those of caching.
 */
export function published(
  type: string,
  make: () => string | Promise<string>,
  own: Readonly<Record<string, string>> = {},
): (c: Context<HttpEnv>) => Promise<Response> {
  const headers = { ...own, "cache-control": "no-cache" };
  let content: Content | undefined;
  return async (c) => {
    content ??= prepare(type, await make());
    return send(c.req.raw.headers, content, headers);
  };
}

function prepare(type: string, text: string): Content {
  const bytes = new TextEncoder().encode(text);
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return { type, hash, bytes, gzip: new Uint8Array(gzipSync(bytes)) };
}
