import { problemResponse } from "../../http/problem.ts";
import { route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { idParams } from "../../http/schema.ts";
import { ParleyError } from "../../kernel/errors.ts";
import { partsOf } from "./incoming.ts";
import { readReady, viewerOf } from "./access.ts";
import { serveContent, serveThumbnail } from "./content.ts";
import { putBytes } from "./presign.ts";
import { bytesView, linkQuery } from "./schema.ts";
import type { Uploads } from "./service.ts";

const tag = "Uploads";

/** The routes that carry the bytes of files. */
export function contentRoutes(router: Router, uploads: Uploads): void {
  const serving = { method: "get", tag, auth: "link", params: idParams, query: linkQuery } as const;
  const bytes = { status: 200, type: "application/octet-stream", schema: bytesView } as const;

  route(router, {
    ...serving,
    path: "/api/uploads/:id/content",
    summary: "A file's bytes, or parts of them",
    description:
      "With an access token, or by a link. Takes `Range`, `If-Range` and `If-None-Match`; `HEAD` too.",
    ok: {
      ...bytes,
      others: { 206: "Parts of it", 302: "It is to be fetched from there", 304: "It is what you have" },
    },
    errors: ["not_found", "upload_incomplete", "range_not_satisfiable", "files_unavailable"],
  }, async ({ user, params, query, requestId }, c) => {
    const upload = await readReady(uploads, viewerOf(uploads, params.id, user, query), params.id);
    try {
      return await serveContent(uploads, upload, c.req.raw);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== "range_not_satisfiable") throw error;
      const response = problemResponse(error, requestId);
      response.headers.set("content-range", `bytes */${upload.fileSize}`);
      return response;
    }
  });

  route(router, {
    ...serving,
    path: "/api/uploads/:id/thumbnail",
    summary: "A picture's thumbnail, a WebP of at most 320 pixels a side",
    ok: { ...bytes, others: { 304: "It is what you have" } },
    errors: ["not_found", "upload_incomplete", "files_unavailable"],
  }, async ({ user, params, query }, c) => {
    const upload = await readReady(uploads, viewerOf(uploads, params.id, user, query), params.id);
    return await serveThumbnail(uploads, upload, c.req.raw);
  });

  route(router, {
    method: "put",
    path: "/api/uploads/:id/bytes",
    summary: "The bytes of an announced file, at the address that `presign` told",
    tag,
    auth: "link",
    params: idParams,
    query: linkQuery,
    stream: ["application/octet-stream"],
    ok: { status: 204 },
    errors: ["not_found", "request_timeout", "payload_too_large", "files_unavailable", "files_full"],
  }, async ({ params, query }, c) => {
    await putBytes(uploads, params.id, query, partsOf(c.req.raw, uploads.clock));
  });
}
