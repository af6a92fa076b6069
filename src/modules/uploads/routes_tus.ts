import { z } from "zod";
import { Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { count, id, idParams } from "../../http/schema.ts";
import type { ErrorCode } from "../../kernel/errors.ts";
import { ParleyError } from "../../kernel/errors.ts";
import { partsOf } from "./incoming.ts";
import { begin } from "./begin.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import {
  announcedBy,
  append,
  readChecksum,
  readMetadata,
  standing,
  terminate,
  TUS_ALGORITHMS,
  TUS_EXTENSIONS,
  TUS_VERSION,
} from "./tus.ts";

const tag = "Uploads";
const path = "/api/uploads/tus/:id";

const METADATA =
  "filename cGhvdG8uanBn,filetype aW1hZ2UvanBlZw==,conversationId MDFLNFpLMEYySDZXOFBRNFMxRTNKNUc3VE4=";

const version = z.string().max(32).optional().meta({
  description: `\`${TUS_VERSION}\``,
  examples: [TUS_VERSION],
});

const creation = z.object({
  "tus-resumable": version,
  "upload-length": count(1).meta({ description: "Bytes", examples: [1_000_000] }),
  "upload-metadata": z.string().max(8192).default("").meta({
    description: "`filename`, `filetype`, `conversationId` and `isPublic`, each with its value in Base64",
    examples: [METADATA],
  }),
});
const patching = z.object({
  "tus-resumable": version,
  "upload-offset": count(0).meta({ description: "Bytes that are there", examples: [0] }),
  "upload-checksum": z.string().max(256).optional().meta({
    description: `\`${TUS_ALGORITHMS.join("`, `")}\`, and the digest of the body in Base64`,
    examples: ["sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
  }),
});

const COMPLETING: readonly ErrorCode[] = [
  ...["unsupported_media_type", "file_type_mismatch", "file_damaged", "picture_too_large"] as const,
  ...[
    "file_infected",
    "files_unavailable",
    "files_full",
    "scanner_unavailable",
    "upload_incomplete",
  ] as const,
];

/** The routes of the tus protocol: files that survive a bad line. */
export function tusRoutes(router: Router, uploads: Uploads): void {
  discoveryRoute(router, uploads);
  creationRoute(router, uploads);
  progressRoutes(router, uploads);
}

function discoveryRoute(router: Router, uploads: Uploads): void {
  route(router, {
    method: "options",
    path: "/api/uploads/tus",
    summary: "What of the tus protocol is supported",
    tag,
    auth: "none",
    limit: "none",
    ok: { status: 204 },
  }, () =>
    new Reply(undefined, 204, {
      ...resumable(),
      "tus-version": TUS_VERSION,
      "tus-extension": TUS_EXTENSIONS,
      "tus-max-size": String(uploads.rules.maxBytes),
      "tus-checksum-algorithm": TUS_ALGORITHMS.join(","),
    }));
}

function creationRoute(router: Router, uploads: Uploads): void {
  route(router, {
    method: "post",
    path: "/api/uploads/tus",
    summary: "Announce a file that comes in parts (tus 1.0: creation)",
    description:
      "Its conversation is named in the query or in the metadata. With the last byte the upload is complete; " +
      "`POST /api/uploads/:id/complete` answers its record, and tries again what failed.",
    tag,
    auth: "user",
    limit: "uploads",
    query: z.object({ conversationId: id.optional().meta({ description: "Its members may see the file" }) }),
    headers: creation,
    ok: { status: 201, headers: { Location: "Where the parts go", "Upload-Expires": "When it is given up" } },
    errors: [
      "not_found",
      "payload_too_large",
      "unsupported_media_type",
      "quota_exceeded",
      "unsupported_tus_version",
    ],
  }, async ({ user, query }, c) => {
    const headers = creation.parse(c.req.header());
    requireVersion(headers["tus-resumable"]);
    const metadata = readMetadata(headers["upload-metadata"]);
    const announced = announcedBy(metadata, query.conversationId, headers["upload-length"]);
    const upload = await begin(uploads, user.userId, announced, uploads.expiresMs);
    return new Reply(undefined, 201, { ...resumable(upload), location: `/api/uploads/tus/${upload.id}` });
  });
}

function progressRoutes(router: Router, uploads: Uploads): void {
  route(router, {
    method: "get",
    path,
    summary: "How many bytes are there (tus 1.0); asked by `HEAD`",
    tag,
    auth: "user",
    params: idParams,
    ok: {
      status: 204,
      headers: { "Upload-Offset": "Bytes that are there", "Upload-Length": "Bytes in all" },
    },
    errors: ["not_found", "files_unavailable"],
  }, async ({ user, params }) => {
    const { upload, offset } = await standing(uploads, user.userId, params.id);
    return new Reply(undefined, 204, {
      ...resumable(upload),
      "upload-offset": String(offset),
      "upload-length": String(upload.fileSize),
      "cache-control": "no-store",
    });
  });

  route(router, {
    method: "patch",
    path,
    summary: "The bytes from an offset on (tus 1.0)",
    tag,
    auth: "user",
    params: idParams,
    headers: patching,
    stream: ["application/offset+octet-stream"],
    ok: { status: 204, headers: { "Upload-Offset": "Bytes that are there" } },
    errors: [
      ...[
        "not_found",
        "request_timeout",
        "offset_conflict",
        "checksum_mismatch",
        "payload_too_large",
      ] as const,
      ...["unsupported_tus_version", ...COMPLETING] as const,
    ],
  }, async ({ user, params }, c) => {
    const { raw } = c.req;
    const headers = patching.parse(c.req.header());
    requireVersion(headers["tus-resumable"]);
    if (raw.headers.get("content-type") !== "application/offset+octet-stream") {
      throw new ParleyError("unsupported_media_type", "Send the bytes as application/offset+octet-stream");
    }
    const checksum = headers["upload-checksum"] === undefined
      ? undefined
      : readChecksum(headers["upload-checksum"]);
    const bytes = partsOf(raw, uploads.clock);
    const offset = await append(uploads, user.userId, params.id, headers["upload-offset"], bytes, checksum);
    return new Reply(undefined, 204, { ...resumable(), "upload-offset": String(offset) });
  });

  route(router, {
    method: "delete",
    path,
    summary: "Give a file up that is still to come (tus 1.0: termination)",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 204 },
    errors: ["not_found", "upload_in_use"],
  }, async ({ user, params }) => {
    await terminate(uploads, user.userId, params.id);
    return new Reply(undefined, 204, resumable());
  });
}

function requireVersion(given: string | undefined): void {
  if (given !== TUS_VERSION) throw new ParleyError("unsupported_tus_version");
}

/** Headers of every answer, and when an upload that is not complete is given up. */
function resumable(upload?: Upload): Record<string, string> {
  const expires = upload?.state === "pending" && upload.expiresAt;
  return {
    "tus-resumable": TUS_VERSION,
    ...(expires && { "upload-expires": new Date(expires).toUTCString() }),
  };
}
