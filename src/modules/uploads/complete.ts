import { notFound, ParleyError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { readMembership } from "../../order/reader.ts";
import { BlobsUnavailable, DraftChanged } from "../../ports/blobs.ts";
import { ScannerUnavailable } from "../../ports/scanner.ts";
import type { Announced } from "./begin.ts";
import { begin } from "./begin.ts";
import { durationOf, isPlayed, kindOf, pictureFacts } from "./facts.ts";
import { illustrateNew, mayBeIllustrated } from "./illustrate.ts";
import type { Inspected } from "./inspect.ts";
import { Inspection, isPicture } from "./inspect.ts";
import { savedName } from "./names.ts";
import { drop, reclaim, sealFor } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { draftOf, timeIn } from "./service.ts";

/** How long a file that comes in one request may take. */
const REQUEST_MS = 60 * 60_000;

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
    const inspection = new Inspection(uploads.rules, upload.mimeType, uploads.lane);
    const draft = draftOf(upload);
    const { version } = await uploads.blobs.append(draft, 0, inspection.keep(bytes));
    return await conclude(uploads, upload, { ...inspection.result, draft, version });
  } catch (error) {
    await giveUp(uploads, upload, error).catch(() => undefined);
    throw error;
  }
}

/** Lets go of a file that failed. Of a storage that is away nothing more is asked: the client waits, and a sweep does it. */
async function giveUp(uploads: Uploads, upload: Upload, error: unknown): Promise<void> {
  if (!(error instanceof BlobsUnavailable)) return await drop(uploads, upload);
  await uploads.store.patch(records, upload.id, { set: { state: "dropped", expiresAt: null } });
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
  let isUseless = looked.draft !== draftOf(upload);
  try {
    return await conclude(uploads, upload, looked);
  } catch (error) {
    isUseless &&= !(error instanceof BlobsUnavailable);
    throw error;
  } finally {
    if (isUseless) await uploads.blobs.dropDraft(looked.draft).catch(() => undefined);
  }
}

/** Whether an earlier attempt came as far as that. */
async function isSealed({ blobs }: Uploads, { blob, fileSize }: Upload): Promise<boolean> {
  return blob !== null && await blobs.size(blob) === fileSize;
}

/** Reads a draft through, and keeps a clean copy of it where it is to differ. */
async function look(uploads: Uploads, upload: Upload): Promise<Looked> {
  const { blobs, rules, lane } = uploads;
  const { size, version, bytes } = await blobs.readDraft(draftOf(upload));
  if (size !== upload.fileSize) {
    await bytes.cancel();
    throw new ParleyError("upload_incomplete", `${size} of ${upload.fileSize} bytes are there`);
  }
  const inspection = new Inspection(rules, upload.mimeType, lane);
  const kept = inspection.keep(bytes);
  const first = await kept.next();
  if (isPicture(inspection.mimeType)) {
    return await copied(uploads, upload, inspection, startingWith(first.value, kept));
  }
  for await (const _ of kept);
  if (!inspection.altered) return { ...inspection.result, draft: draftOf(upload), version };
  // Of large files only few have to be written once more.
  const again = await blobs.readDraft(draftOf(upload));
  const second = new Inspection(rules, upload.mimeType, lane);
  return await copied(uploads, upload, second, second.keep(again.bytes));
}

/** A clean copy of a draft. */
async function copied(
  { blobs }: Uploads,
  upload: Upload,
  inspection: Inspection,
  kept: AsyncIterable<Uint8Array>,
): Promise<Looked> {
  const draft = `${draftOf(upload)}-${newId()}`;
  const { version } = await blobs.append(draft, 0, kept);
  return { ...inspection.result, draft, version };
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
  const kind = kindOf(mimeType);
  const facts = { mimeType, kind, fileSize, fileName, checksum, blob: checksum, duration, ...picture };
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

async function makeReady(uploads: Uploads, upload: Upload): Promise<Upload> {
  const { id, blob } = upload;
  const thumbnailDue = mayBeIllustrated(uploads, upload) ? timeIn(uploads) : null;
  const set = { state: "ready", expiresAt: timeIn(uploads, uploads.expiresMs), thumbnailDue } as const;
  const ready = await uploads.store.patch(records, id, { set }, { state: "pending" });
  if (ready) return await illustrateNew(uploads, ready);
  const other = await uploads.store.get(records, id);
  if (other?.state === "ready") return other;
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

/** Whether trying again cannot help, because of what the file is. */
function isRefusal(error: unknown): boolean {
  return error instanceof ParleyError && !error.retryable && error.code !== "upload_incomplete" &&
    error.code !== "not_found";
}
