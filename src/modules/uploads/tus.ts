import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import { readMembership } from "../../order/reader.ts";
import { DraftChanged } from "../../ports/blobs.ts";
import type { Announced } from "./begin.ts";
import { complete } from "./complete.ts";
import { atMost } from "./presign.ts";
import { drop } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { draftOf } from "./service.ts";
import { ANY_TYPE } from "./types.ts";

/** The resumable upload protocol (https://tus.io/protocols/resumable-upload, version 1.0.0). */

export const TUS_VERSION = "1.0.0";
export const TUS_EXTENSIONS = "creation,expiration,checksum,termination";
/** Digests that a request may bring of its bytes. */
export const TUS_ALGORITHMS: readonly string[] = ["sha1", "sha256", "md5"];

/** A digest of the bytes of one request. */
export interface Checksum {
  readonly algorithm: string;
  readonly digest: string;
}

/** What `Upload-Metadata` says: names with values in Base64, comma-separated. Throws `invalid_request`. */
export function readMetadata(header: string): ReadonlyMap<string, string> {
  const pairs = header.split(",").filter((pair) => pair.trim() !== "").map((pair) => {
    const [name = "", value = "", ...more] = pair.trim().split(" ");
    if (name === "" || more.length > 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw wrong("upload-metadata");
    }
    return [name, Buffer.from(value, "base64").toString("utf8")] as const;
  });
  return new Map(pairs);
}

/** What `Upload-Checksum` says. Throws `invalid_request`. */
export function readChecksum(header: string): Checksum {
  const [algorithm = "", digest = ""] = header.trim().split(/\s+/);
  if (!TUS_ALGORITHMS.includes(algorithm)) throw wrong("upload-checksum");
  return { algorithm, digest };
}

/** The file that the metadata announce, of so many bytes. */
export function announcedBy(
  metadata: ReadonlyMap<string, string>,
  conversationId: string | undefined,
  size: number,
): Announced {
  const id = conversationId ?? metadata.get("conversationId");
  if (id === undefined) throw wrong("conversationId");
  const mimeType = metadata.get("filetype") || ANY_TYPE;
  return {
    conversationId: id,
    name: metadata.get("filename") ?? "",
    mimeType,
    size,
    isPublic: metadata.get("isPublic") === "true",
  };
}

/** The caller's own upload, and how many of its bytes are there. Throws `not_found`. */
export async function standing(
  uploads: Uploads,
  userId: string,
  id: string,
): Promise<{ upload: Upload; offset: number }> {
  const upload = await uploads.store.get(records, id);
  if (!upload || upload.state === "dropped" || upload.uploadedBy !== userId) throw notFound();
  await readMembership(uploads.store, upload.conversationId, userId);
  if (upload.state === "ready" || upload.blob !== null) return { upload, offset: upload.fileSize };
  return { upload, offset: (await uploads.blobs.draft(draftOf(upload))).size };
}

/**
 * Goes on with an upload from `offset`, and completes it with its last byte. What came before a line went down is kept;
 * bytes that do not match their checksum are not. Answers how many bytes are there.
 *
 * Throws `not_found`, `offset_conflict`, `checksum_mismatch`, `payload_too_large`, and what `complete` does.
 */
export async function append(
  uploads: Uploads,
  userId: string,
  id: string,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
  checksum: Checksum | undefined,
): Promise<number> {
  const { blobs } = uploads;
  const size = await uploads.writers.alone(id, async (turn) => {
    const { upload, offset: present } = await standing(uploads, userId, id);
    if (present !== offset) throw new ParleyError("offset_conflict", `${present} bytes are there`);
    if (upload.state === "ready" || upload.blob !== null) return present;
    const allowed = turn.while(atMost(bytes, upload.fileSize - offset));
    const hash = checksum && createHash(checksum.algorithm);
    try {
      const { size } = await blobs.append(draftOf(upload), offset, hash ? hashed(allowed, hash) : allowed);
      if (!checksum || hash?.digest("base64") === checksum.digest) return size;
    } catch (error) {
      if (checksum) await cutSoon(uploads, upload, offset);
      throw error instanceof DraftChanged ? new ParleyError("offset_conflict") : error;
    }
    await blobs.cut(draftOf(upload), offset);
    throw new ParleyError("checksum_mismatch");
  });
  const { upload } = await standing(uploads, userId, id);
  if (size === upload.fileSize && upload.state === "pending") await complete(uploads, userId, id);
  return size;
}

/** How long a client waits for bytes to be taken away after something else has failed. */
const CUT_MS = 100;

/** Takes bytes away that nobody has checked. A storage that is away is not waited for: it was just waited for. */
async function cutSoon({ blobs, clock }: Uploads, upload: Upload, offset: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const stop = clock.after(CUT_MS, late.resolve);
  await Promise.race([blobs.cut(draftOf(upload), offset), late.promise]).finally(stop);
}

/** Gives an upload up. Throws `not_found`, and `upload_in_use` for one that is complete. */
export async function terminate(uploads: Uploads, userId: string, id: string): Promise<void> {
  const { upload } = await standing(uploads, userId, id);
  if (upload.state !== "pending") throw new ParleyError("upload_in_use");
  const given = await uploads.writers.alone(id, async () => {
    const set = { state: "dropped", expiresAt: null } as const;
    const dropped = await uploads.store.patch(records, id, { set }, { state: "pending" });
    if (dropped) await drop(uploads, dropped);
    return dropped !== undefined;
  });
  if (!given) throw new ParleyError("upload_in_use");
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    hash.update(part);
    yield part;
  }
}

function wrong(field: string): ParleyError {
  return new ParleyError("invalid_request", undefined, {
    errors: [{ field, message: "Is missing, or not as the tus protocol has it" }],
  });
}
