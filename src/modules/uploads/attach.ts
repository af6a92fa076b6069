import { ParleyError } from "../../kernel/errors.ts";
import { dedupeKey } from "../../order/records.ts";
import type { Message } from "../../order/records.ts";
import { isSound } from "./facts.ts";
import { isPicture } from "./inspect.ts";
import { drop } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { timeIn } from "./service.ts";
import { contentPath, hasThumbnail, thumbnailPath } from "./view.ts";

/** A message that is about to be a file. */
export interface Wanted {
  readonly type: "image" | "file";
  readonly uploadId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly conversationId: string;
  /** How loud a recording is over its time, as its sender says. */
  readonly waveform: readonly number[] | null;
}

/** A file that a message is about to be. */
export interface Claimed {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The message is made before this time (milliseconds since 1970) or not at all: the file may go afterwards. */
  readonly until: number;
}

/** How long a claim may wait for its message, in milliseconds. */
export const CLAIM_MS = 600_000;
/** How long of this a message may still be made; the rest is for a commit that is on its way. */
const MAKING_MS = CLAIM_MS / 2;

/**
 * Has a file belong to the message of this sender's `clientId`, and answers the message's metadata. The claim is there
 * before the message, so that a crash between the two leaves something to find. Throws `invalid_request` for a file that
 * is not the sender's, not of this conversation, not a picture where one is wanted, not sound where a waveform is given, not
 * all there, or another message.
 */
export async function claim(uploads: Uploads, wanted: Wanted): Promise<Claimed> {
  const { store, clock } = uploads;
  const { uploadId, senderId, clientId, conversationId, type, waveform } = wanted;
  const key = dedupeKey(senderId, clientId);
  const upload = await store.get(records, uploadId);
  const isOwn = upload?.uploadedBy === senderId && upload.conversationId === conversationId;
  if (!upload || !isOwn || upload.state === "dropped") throw wrong("There is no such upload of yours here");
  if (upload.state !== "ready") throw wrong("The upload is not complete");
  if (type === "image" && !isPicture(upload.mimeType)) throw wrong("The upload is not a picture");
  if (waveform && !isSound(upload.mimeType)) throw wrong("The upload is not sound", "waveform");
  if (upload.claim === key && upload.messageId !== null) {
    return { metadata: metadataOf(upload, wanted), until: Infinity };
  }
  const set = { claim: key, claimedAt: timeIn(uploads), expiresAt: null };
  const isFree = { state: "ready", claim: { in: [key, null] } } as const;
  const until = clock.now() + MAKING_MS;
  const claimed = await store.patch(records, uploadId, { set }, isFree);
  if (!claimed) throw wrong("Another message is this upload");
  return { metadata: metadataOf(claimed, wanted), until };
}

/**
 * Writes down which message a file is, also where a sweep has just taken the claim for one that never came. What fails here
 * is found by a sweep: the message is made, and nobody waits.
 */
export async function attach(
  uploads: Uploads,
  uploadId: string,
  { id: messageId, seq: messageSeq, dedupe: claim }: Pick<Message, "id" | "seq" | "dedupe">,
): Promise<void> {
  const set = { claim, messageId, messageSeq, claimedAt: null, expiresAt: null };
  const isOurs = { state: "ready", claim: { in: [claim, null] } } as const;
  try {
    await uploads.store.patch(records, uploadId, { set }, isOurs);
  } catch (error) {
    uploads.log.warn("upload_not_attached", { uploadId, error: String(error) });
  }
}

/** Notes that a file's message is about to be deleted, so that a crash leaves something to find. */
export async function doom(uploads: Uploads, uploadId: string): Promise<void> {
  await uploads.store.patch(records, uploadId, { set: { doomedAt: timeIn(uploads) } });
}

/** Deletes a file whose message is deleted. What fails here is done by a sweep. */
export async function messageDeleted(uploads: Uploads, uploadId: string): Promise<void> {
  try {
    const upload = await uploads.store.get(records, uploadId);
    if (upload) await drop(uploads, upload);
  } catch (error) {
    uploads.log.warn("upload_not_dropped", { uploadId, error: String(error) });
  }
}

/** What a message tells of the file that it is. */
function metadataOf(
  upload: Upload,
  { type, waveform }: Wanted,
): Readonly<Record<string, unknown>> {
  const { id: uploadId, fileName, fileSize, mimeType, width, height, duration, blurhash } = upload;
  if (type === "image") {
    return {
      uploadId,
      fileName,
      imageUrl: contentPath(uploadId),
      imageSize: fileSize,
      imageDimensions: { width, height },
      ...(hasThumbnail(upload) && { thumbnailUrl: thumbnailPath(uploadId) }),
      ...(blurhash !== null && { blurhash }),
    };
  }
  return {
    uploadId,
    fileName,
    fileUrl: contentPath(uploadId),
    fileSize,
    fileType: mimeType,
    ...(duration !== null && { duration }),
    ...(waveform && { waveform }),
  };
}

function wrong(message: string, key = "uploadId"): ParleyError {
  return new ParleyError("invalid_request", undefined, {
    errors: [{ field: `content.metadata.${key}`, message }],
  });
}
