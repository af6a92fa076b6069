import { created, LOCATION, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { idParams } from "../../http/schema.ts";
import type { ErrorCode } from "../../kernel/errors.ts";
import { readLinks, readUpload, remove } from "./access.ts";
import { fileOf } from "./body.ts";
import { complete, receive } from "./complete.ts";
import { listUploads } from "./list.ts";
import { presign } from "./presign.ts";
import { contentRoutes } from "./routes_content.ts";
import { tusRoutes } from "./routes_tus.ts";
import {
  linksBody,
  linksView,
  listQuery,
  presignBody,
  presignView,
  receiveHeaders,
  receiveQuery,
  uploadPage,
  uploadView,
} from "./schema.ts";
import type { Uploads } from "./service.ts";
import { show } from "./view.ts";

const tag = "Uploads";

/** What a file may be refused for when it is announced, and when it is there. */
const ANNOUNCED: readonly ErrorCode[] = [
  ...["not_found", "payload_too_large", "unsupported_media_type", "quota_exceeded"] as const,
];
const LOOKED_AT: readonly ErrorCode[] = [
  ...["unsupported_media_type", "file_type_mismatch", "file_damaged", "picture_too_large"] as const,
  ...["file_infected", "files_unavailable", "files_full", "scanner_unavailable"] as const,
];

/** The routes under `/api/uploads`. */
export function uploadRoutes(router: Router, uploads: Uploads): void {
  bringingRoutes(router, uploads);
  recordRoutes(router, uploads);
  contentRoutes(router, uploads);
  tusRoutes(router, uploads);
}

function bringingRoutes(router: Router, uploads: Uploads): void {
  route(router, {
    method: "post",
    path: "/api/uploads",
    summary: "Bring a file in one request",
    description:
      "The file is the field `file` of a form, or the whole body with its name in `X-File-Name`. It is " +
      "judged while it comes: by its size, by what its bytes are, and whether they are what they are said to be. " +
      "Pictures lose what they tell of their maker and place.",
    tag,
    auth: "user",
    limit: "uploads",
    query: receiveQuery,
    headers: receiveHeaders,
    stream: ["multipart/form-data", "application/octet-stream"],
    ok: { status: 201, schema: uploadView, headers: LOCATION },
    errors: [...ANNOUNCED, "request_timeout", ...LOOKED_AT],
  }, async ({ user, query }, c) => {
    const { bytes, ...file } = await fileOf(c.req.raw, uploads.clock);
    const upload = await receive(uploads, user.userId, { ...query, ...file }, bytes);
    return created(`/api/uploads/${upload.id}`, show(uploads, upload, user.userId));
  });

  route(router, {
    method: "post",
    path: "/api/uploads/presign",
    summary: "Announce a file, and hear where to `PUT` its bytes",
    description: "Send exactly `fileSize` bytes with the `headers` of the answer, then complete the upload.",
    tag,
    auth: "user",
    limit: "uploads",
    body: presignBody,
    ok: { status: 201, schema: presignView, headers: LOCATION },
    errors: ANNOUNCED,
  }, async ({ user, body: { fileName: name, fileSize: size, ...file } }) => {
    const answer = await presign(uploads, user.userId, { name, size, ...file });
    return created(`/api/uploads/${answer.upload.id}`, answer);
  });

  route(router, {
    method: "post",
    path: "/api/uploads/:id/complete",
    summary: "Say that all bytes of a file are there; a retry answers the same",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 200, schema: uploadView },
    errors: ["not_found", "upload_incomplete", "payload_too_large", ...LOOKED_AT],
  }, async ({ user, params }) => {
    return show(uploads, await complete(uploads, user.userId, params.id), user.userId);
  });
}

function recordRoutes(router: Router, uploads: Uploads): void {
  route(router, {
    method: "get",
    path: "/api/uploads",
    summary: "The files in a conversation's messages, newest first",
    description:
      "In the order of the messages; those of deleted messages are left out. `messageId` names the message, and " +
      "`links` are made for you anew.",
    tag,
    auth: "user",
    query: listQuery,
    ok: { status: 200, schema: uploadPage },
    errors: ["not_found"],
  }, ({ user, query }) => listUploads(uploads, user.userId, query));

  route(router, {
    method: "post",
    path: "/api/uploads/links",
    summary:
      "Links that pages and players can follow without an access token; files that you may not see are left out",
    tag,
    auth: "user",
    body: linksBody,
    ok: { status: 200, schema: linksView },
  }, async ({ user, body }) => ({ links: await readLinks(uploads, user.userId, body.uploadIds) }));

  route(router, {
    method: "get",
    path: "/api/uploads/:id",
    summary: "What a file is",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 200, schema: uploadView },
    errors: ["not_found"],
  }, async ({ user, params }) => show(uploads, await readUpload(uploads, user, params.id), user.userId));

  route(router, {
    method: "delete",
    path: "/api/uploads/:id",
    summary: "Delete a file of yours that no message is",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 204 },
    errors: ["not_found", "forbidden", "upload_in_use"],
  }, ({ user, params }) => remove(uploads, user.userId, params.id));
}
