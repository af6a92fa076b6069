import { createHash } from "node:crypto";
import { newId } from "../../kernel/ids.ts";
import { iso } from "../../kernel/clock.ts";
import type { Thumbnail, Thumbnailer } from "../../ports/pictures.ts";
import { isPicture } from "./inspect.ts";
import { reclaim, sealFor } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { draftOf } from "./service.ts";

/** The largest picture that a thumbnail is made of, in bytes. */
const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
/** How long a picture waits for whoever asks for it, before a sweep makes its thumbnail. */
const DUE_MS = 60_000;
/** Pictures that one sweep takes, and how long it is at them, in milliseconds. */
const BATCH = 50;
const SWEEP_MS = 10_000;

/** Whether a file is to have a thumbnail. */
export function mayBeIllustrated({ thumbnails }: Uploads, { mimeType, fileSize }: Upload): boolean {
  return thumbnails !== undefined && isPicture(mimeType) && fileSize <= MAX_PICTURE_BYTES;
}

/** A picture that has just come, with its thumbnail unless many wait for theirs. Whatever goes wrong, the picture is there. */
export async function illustrateNew(uploads: Uploads, upload: Upload): Promise<Upload> {
  if (uploads.thumbnails?.isBusy) return upload;
  try {
    return await illustrate(uploads, upload);
  } catch (error) {
    uploads.log.warn("thumbnail_later", { uploadId: upload.id, error: String(error) });
    return upload;
  }
}

/**
 * Gives a picture the thumbnail that is due, if it is; of several calls at once, one makes it. Throws `overloaded`, and
 * `files_unavailable`, in which case it stays due.
 */
export async function illustrate(uploads: Uploads, upload: Upload): Promise<Upload> {
  const { thumbnails } = uploads;
  const { thumbnailDue = null } = upload;
  if (!thumbnails || thumbnailDue === null) return upload;
  return await uploads.illustrations.once(upload.id, () => make(uploads, thumbnails, upload));
}

/** Makes thumbnails that nobody has asked for, one after the other, unless others wait. */
export async function sweepThumbnails(uploads: Uploads, now: number): Promise<void> {
  const { store, thumbnails, clock, log } = uploads;
  const where = { thumbnailDue: { lt: iso(now - DUE_MS) } };
  for (const upload of thumbnails ? await store.find(records, { where, limit: BATCH }) : []) {
    if (thumbnails?.isBusy || clock.now() > now + SWEEP_MS) return;
    try {
      await illustrate(uploads, upload);
    } catch (error) {
      log.warn("thumbnail_later", { uploadId: upload.id, error: String(error) });
    }
  }
}

async function make(uploads: Uploads, thumbnails: Thumbnailer, upload: Upload): Promise<Upload> {
  const { store, blobs } = uploads;
  const made = await thumbnails.make(async () => {
    const stream = upload.blob === null ? undefined : await blobs.read(upload.blob);
    return stream && new Uint8Array(await new Response(stream).arrayBuffer());
  });
  if (made) return await keep(uploads, upload, made);
  const none = { thumbnail: null, blurhash: null, thumbnailDue: null };
  const plain = await store.patch(records, upload.id, { set: none }, { state: "ready" });
  if (plain && upload.thumbnail !== null) await reclaim(uploads, upload.thumbnail);
  return plain ?? upload;
}

/** The record names the thumbnail before it is kept, and says that it is there afterwards. */
async function keep(uploads: Uploads, upload: Upload, { bytes, blurhash }: Thumbnail): Promise<Upload> {
  const { store, blobs } = uploads;
  const thumbnail = createHash("sha256").update(bytes).digest("hex");
  const isReady = { state: "ready" } as const;
  const named = await store.patch(records, upload.id, { set: { thumbnail, blurhash } }, isReady);
  if (!named) return upload;
  const draft = `${draftOf(upload)}-${newId()}`;
  const { version } = await blobs.append(draft, 0, ReadableStream.from([bytes]));
  await sealFor(uploads, draft, version, thumbnail);
  const there = await store.patch(records, upload.id, { set: { thumbnailDue: null } }, isReady);
  // Whoever dropped the picture meanwhile has looked for the thumbnail before it was there.
  if (!there) await reclaim(uploads, thumbnail);
  return there ?? named;
}
