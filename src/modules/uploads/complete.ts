import { createHash } from "node:crypto";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { readMembership } from "../../order/reader.ts";
import { DraftChanged } from "../../ports/blobs.ts";
import { ScannerUnavailable } from "../../ports/scanner.ts";
import type { Announced } from "./begin.ts";
import { begin } from "./begin.ts";
import { durationOf, isPlayed, pictureFacts } from "./facts.ts";
import type { Inspected } from "./inspect.ts";
import { Inspection, isCleaned } from "./inspect.ts";
import { savedName } from "./names.ts";
import { drop, reclaim, sealFor } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { draftOf, timeIn } from "./service.ts";

/** How long a file that comes in one request may take. */
const REQUEST_MS = 60 * 60_000;
/** The largest picture that a thumbnail is made of, in bytes. */
const MAX_PICTURE_BYTES = 32 * 1024 * 1024;

/** A draft that was looked at. */
interface Looked extends Inspected {
  readonly draft: string;
  readonly version: string;
}

/**
 * Takes a file in, all at once. Nothing stays of one that fails. Throws what `begin` and `complete` do, as soon as it can be
 * told.
 */
export async function receive(
  uploads: Uploads,
  userId: string,
  announced: Announced,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Upload> {
  const upload = await begin(uploads, userId, announced, REQUEST_MS);
  try {
    const inspection = new Inspection(uploads.rules, upload.mimeType);
    const draft = draftOf(upload);
    const { version } = await uploads.blobs.append(draft, 0, inspection.keep(bytes));
    return await conclude(uploads, upload, { ...inspection.result, draft, version });
  } catch (error) {
    await drop(uploads, upload).catch(() => undefined);
    throw error;
  }
}

/**
 * Has a file be what its bytes are, once they are all there; of several calls at once, and of any later one, each answers
 * the same file. Whatever way the bytes came, this is the end of it.
 *
 * Throws `not_found` for anyone but who announced it, while a member; `upload_incomplete` while bytes are missing; and for a
 * file that is refused, of which then nothing stays: `unsupported_media_type`, `file_type_mismatch`, `file_damaged`,
 * `picture_too_large`, `file_infected`. After `files_unavailable`, `files_full` and `scanner_unavailable` it can be tried again.
 */
export async function complete(uploads: Uploads, userId: string, id: string): Promise<Upload> {
  const upload = await uploads.store.get(records, id);
  if (!upload || upload.state === "dropped" || upload.uploadedBy !== userId) throw notFound();
  await readMembership(uploads.store, upload.conversationId, userId);
  if (upload.state === "ready") return upload;
  return await uploads.completions.once(
    id,
    () => uploads.writers.alone(id, () => completeDraft(uploads, id)),
  );
}

async function completeDraft(uploads: Uploads, id: string): Promise<Upload> {
  const upload = await uploads.store.get(records, id);
  if (upload?.state !== "pending") return await present(uploads, id);
  try {
    if (await isSealed(uploads, upload)) return await makeReady(uploads, upload);
    return await concludeDraft(uploads, upload);
  } catch (error) {
    if (isRefusal(error)) await drop(uploads, upload);
    throw error;
  }
}

async function concludeDraft(uploads: Uploads, upload: Upload): Promise<Upload> {
  const looked = await look(uploads, upload);
  try {
    return await conclude(uploads, upload, looked);
  } finally {
    if (looked.draft !== draftOf(upload)) await uploads.blobs.dropDraft(looked.draft).catch(() => undefined);
  }
}

/** Whether an earlier attempt came as far as that. */
async function isSealed({ blobs }: Uploads, { blob, fileSize }: Upload): Promise<boolean> {
  return blob !== null && await blobs.size(blob) === fileSize;
}

/** Reads a draft through, and keeps a clean copy of it where it is one that is cleaned. */
async function look({ blobs, rules }: Uploads, upload: Upload): Promise<Looked> {
  const { size, version, bytes } = await blobs.readDraft(draftOf(upload));
  if (size !== upload.fileSize) {
    await bytes.cancel();
    throw new ParleyError("upload_incomplete", `${size} of ${upload.fileSize} bytes are there`);
  }
  const inspection = new Inspection(rules, upload.mimeType);
  const kept = inspection.keep(bytes);
  const first = await kept.next();
  if (!isCleaned(inspection.mimeType)) {
    for await (const _ of kept);
    return { ...inspection.result, draft: draftOf(upload), version };
  }
  const draft = `${draftOf(upload)}-${newId()}`;
  const copy = await blobs.append(draft, 0, startingWith(first.value, kept));
  return { ...inspection.result, draft, version: copy.version };
}

async function* startingWith(
  first: Uint8Array | undefined,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first) yield first;
  yield* rest;
}

/** Scans a file, writes down what it is, seals it, and shows it to others: in this order, so that a crash leaves nothing half. */
async function conclude(uploads: Uploads, upload: Upload, looked: Looked): Promise<Upload> {
  const { store, blobs } = uploads;
  const { mimeType, size: fileSize, checksum } = looked;
  const picture = pictureFacts(looked);
  await scan(uploads, upload, looked);
  const duration = isPlayed(mimeType)
    ? await durationOf((await blobs.readDraft(looked.draft)).bytes, looked)
    : null;
  const fileName = savedName(upload.originalName, mimeType);
  const facts = { mimeType, fileSize, fileName, checksum, blob: checksum, duration, ...picture };
  const named = await store.patch(records, upload.id, { set: facts }, { state: "pending" });
  if (!named) return await present(uploads, upload.id);
  try {
    await sealFor(uploads, looked.draft, looked.version, checksum);
  } catch (error) {
    if (error instanceof DraftChanged) return await present(uploads, upload.id);
    throw error;
  }
  if (looked.draft !== draftOf(upload)) await blobs.dropDraft(draftOf(upload));
  if (upload.blob !== null && upload.blob !== checksum) await reclaim(uploads, upload.blob);
  return await makeReady(uploads, named);
}

async function makeReady(uploads: Uploads, { id, blob }: Upload): Promise<Upload> {
  const set = { state: "ready", expiresAt: timeIn(uploads, uploads.expiresMs) } as const;
  const ready = await uploads.store.patch(records, id, { set }, { state: "pending" });
  if (ready) return await illustrate(uploads, ready);
  const upload = await uploads.store.get(records, id);
  if (upload?.state === "ready") return upload;
  if (blob !== null) await reclaim(uploads, blob);
  throw notFound();
}

/** The file that another call has made of it. */
async function present({ store }: Uploads, id: string): Promise<Upload> {
  const upload = await store.get(records, id);
  if (!upload || upload.state === "dropped") throw notFound();
  if (upload.state === "pending") throw new ParleyError("upload_incomplete", "The bytes have changed");
  return upload;
}

async function scan({ scanner, blobs, log }: Uploads, { id }: Upload, { draft }: Looked): Promise<void> {
  if (!scanner) return;
  const { bytes } = await blobs.readDraft(draft);
  try {
    const found = await scanner.scan(bytes);
    if (found === undefined) return;
    log.warn("file_infected", { uploadId: id, found });
    throw new ParleyError("file_infected");
  } catch (cause) {
    if (cause instanceof ScannerUnavailable) {
      throw new ParleyError("scanner_unavailable", undefined, { cause });
    }
    throw cause;
  } finally {
    await bytes.cancel().catch(() => undefined);
  }
}

/** Gives a picture its thumbnail. Whatever goes wrong here, the picture is there. */
async function illustrate(uploads: Uploads, upload: Upload): Promise<Upload> {
  const { store, blobs, thumbnails, log } = uploads;
  if (!thumbnails || !isCleaned(upload.mimeType) || upload.fileSize > MAX_PICTURE_BYTES) return upload;
  try {
    const stream = upload.blob === null ? undefined : await blobs.read(upload.blob);
    const made = stream && await thumbnails.make(new Uint8Array(await new Response(stream).arrayBuffer()));
    if (!made) return upload;
    const thumbnail = createHash("sha256").update(made.bytes).digest("hex");
    const set = { thumbnail, blurhash: made.blurhash };
    const named = await store.patch(records, upload.id, { set }, { state: "ready" });
    if (!named) return upload;
    const draft = `${draftOf(upload)}-${newId()}`;
    const { version } = await blobs.append(draft, 0, ReadableStream.from([made.bytes]));
    await sealFor(uploads, draft, version, thumbnail);
    return named;
  } catch (error) {
    log.warn("no_thumbnail", { uploadId: upload.id, error: String(error) });
    return await store.patch(records, upload.id, { set: { thumbnail: null, blurhash: null } }) ?? upload;
  }
}

/** Whether trying again cannot help, because of what the file is. */
function isRefusal(error: unknown): boolean {
  return error instanceof ParleyError && !error.retryable && error.code !== "upload_incomplete" &&
    error.code !== "not_found";
}
