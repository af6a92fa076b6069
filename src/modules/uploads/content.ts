import { create as contentDisposition } from "content-disposition";
// @ts-types="./range_parser.d.ts"
import parseRange from "range-parser";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import type { ByteRange, ByteStream } from "../../ports/blobs.ts";
import { illustrate } from "./illustrate.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";

/** What a request for bytes asks for. */
export interface Asked {
  readonly method: string;
  readonly headers: Headers;
}

/** Bytes to be served. */
interface Served {
  readonly key: string;
  readonly size: number;
  readonly mimeType: string;
  readonly headers: Headers;
}

/** Parts of one answer at most; whoever asks for more gets the whole. */
const MAX_PARTS = 16;
/** How long a client may take to follow the way to the storage. */
const REDIRECT_MS = 60_000;

/** Shown where they are; everything else is saved, so that nothing of it runs. */
const INLINE = /^(image\/(jpeg|png|gif|webp)|(audio|video)\/[\w.+-]+)$/;

/**
 * A file's bytes (RFC 9110: conditions in section 13, ranges in section 14), inert wherever they are opened. A `GET` that
 * gives the first byte counts as a download. Throws `range_not_satisfiable`, `not_found`, `files_unavailable`.
 */
export async function serveContent(uploads: Uploads, upload: Upload, asked: Asked): Promise<Response> {
  const { blob, checksum, mimeType, fileName, fileSize } = upload;
  if (blob === null) throw notFound();
  const type = INLINE.test(mimeType) ? "inline" : "attachment";
  const disposition = contentDisposition(fileName, { type });
  const headers = inertHeaders(mimeType, `"${checksum}"`, upload.createdAt, disposition);
  if (isKnown(asked.headers, headers)) return notModified(headers);
  const parts = rangesOf(asked.headers, headers, fileSize);
  const served = { key: blob, size: fileSize, mimeType, headers };
  const response = await answerOrRedirect(uploads, asked, served, parts, disposition);
  if (asked.method === "GET" && (!parts || parts.some(({ start }) => start === 0))) {
    await countDownload(uploads, upload, response);
  }
  return response;
}

/** Counts what is about to be given; where that cannot be done, it is not given. */
async function countDownload({ store }: Uploads, { id }: Upload, { body }: Response): Promise<void> {
  try {
    await store.patch(records, id, { add: { downloadCount: 1 } });
  } catch (error) {
    await body?.cancel();
    throw error;
  }
}

async function answerOrRedirect(
  uploads: Uploads,
  asked: Asked,
  served: Served,
  parts: readonly ByteRange[] | undefined,
  disposition: string,
): Promise<Response> {
  const { direct } = uploads.blobs;
  if (!uploads.redirects || !direct || asked.method !== "GET") {
    return await answer(uploads, asked, served, parts);
  }
  const location = await direct.get(served.key, { contentType: served.mimeType, disposition }, REDIRECT_MS);
  return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
}

/**
 * A picture's thumbnail; one that is due is made now. Throws `not_found` where there is none, `overloaded` where too many
 * wait for theirs, `files_unavailable`.
 */
export async function serveThumbnail(uploads: Uploads, upload: Upload, asked: Asked): Promise<Response> {
  const { thumbnail } = await illustrate(uploads, upload);
  const size = thumbnail === null ? undefined : await uploads.blobs.size(thumbnail);
  if (thumbnail === null || size === undefined) throw notFound();
  const headers = inertHeaders("image/webp", `"${thumbnail}"`, upload.createdAt, "inline");
  if (isKnown(asked.headers, headers)) return notModified(headers);
  return await answer(uploads, asked, { key: thumbnail, size, mimeType: "image/webp", headers }, undefined);
}

async function answer(
  uploads: Uploads,
  { method }: Asked,
  served: Served,
  parts: readonly ByteRange[] | undefined,
): Promise<Response> {
  const { headers, size, mimeType } = served;
  const [only] = parts ?? [];
  if (!parts || !only) {
    headers.set("content-length", String(size));
    return new Response(method === "HEAD" ? null : await read(uploads, served), { headers });
  }
  if (parts.length === 1) {
    headers.set("content-range", `bytes ${only.start}-${only.end}/${size}`);
    headers.set("content-length", String(only.end - only.start + 1));
    const body = method === "HEAD" ? null : await read(uploads, served, only);
    return new Response(body, { status: 206, headers });
  }
  const boundary = crypto.randomUUID();
  headers.set("content-type", `multipart/byteranges; boundary=${boundary}`);
  const intro = ({ start, end }: ByteRange) =>
    `\r\n--${boundary}\r\ncontent-type: ${mimeType}\r\ncontent-range: bytes ${start}-${end}/${size}\r\n\r\n`;
  const body = method === "HEAD"
    ? null
    : ReadableStream.from(multipart(uploads, served, parts, intro, boundary));
  return new Response(body, { status: 206, headers });
}

async function* multipart(
  uploads: Uploads,
  served: Served,
  parts: readonly ByteRange[],
  intro: (part: ByteRange) => string,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const part of parts) {
    yield encoder.encode(intro(part));
    yield* await read(uploads, served, part);
  }
  yield encoder.encode(`\r\n--${boundary}--\r\n`);
}

async function read({ blobs, log }: Uploads, { key }: Served, part?: ByteRange): Promise<ByteStream> {
  const stream = await blobs.read(key, part);
  if (stream) return stream;
  log.error("blob_missing", { blob: key });
  throw new ParleyError("files_unavailable");
}

/** Nothing of a file runs in the service's name; who asks again is asked for membership again. */
function inertHeaders(mimeType: string, etag: string, createdAt: string, disposition: string): Headers {
  return new Headers({
    "content-type": mimeType,
    "content-disposition": disposition,
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
    "accept-ranges": "bytes",
    etag,
    "last-modified": new Date(createdAt).toUTCString(),
  });
}

/** Whether the client says that it has these very bytes. */
function isKnown(asked: Headers, headers: Headers): boolean {
  const tags = asked.get("if-none-match");
  const etag = headers.get("etag");
  if (tags === null) return false;
  return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

function notModified(headers: Headers): Response {
  for (const name of ["content-type", "content-disposition"]) headers.delete(name);
  return new Response(null, { status: 304, headers });
}

/** The parts that are asked for, in the order asked; `undefined` is the whole. */
function rangesOf(asked: Headers, headers: Headers, size: number): readonly ByteRange[] | undefined {
  const range = asked.get("range");
  const condition = asked.get("if-range");
  if (range === null) return undefined;
  if (condition !== null && condition !== headers.get("etag") && condition !== headers.get("last-modified")) {
    return undefined;
  }
  const parts = parseRange(size, range, { combine: true });
  if (parts === -1) throw new ParleyError("range_not_satisfiable", `The file has ${size} bytes`);
  return parts === -2 || parts.type !== "bytes" || parts.length > MAX_PARTS ? undefined : parts;
}
