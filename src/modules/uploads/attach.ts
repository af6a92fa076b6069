import { ParleyError } from "../../kernel/errors.ts";
import { dedupeKey } from "../../order/records.ts";
import { isCleaned } from "./inspect.ts";
import { drop } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { timeIn } from "./service.ts";
import { contentPath, thumbnailPath } from "./view.ts";

/** A message that is about to be a file. */
export interface Wanted {
  readonly type: "image" | "file";
  readonly uploadId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly conversationId: string;
}

/**
 * Has a file belong to the message of this sender's `clientId`, and answers the message's metadata. The claim is there
 * before the message, so that a crash between the two leaves something to find. Throws `invalid_request` for a file that
 * is not the sender's, not of this conversation, not a picture where one is wanted, not all there, or another message.
 */
export async function claim(uploads: Uploads, wanted: Wanted): Promise<Readonly<Record<string, unknown>>> {
  const { store } = uploads;
  const { uploadId, senderId, clientId, conversationId, type } = wanted;
  const key = dedupeKey(senderId, clientId);
  const upload = await store.get(records, uploadId);
  const isOwn = upload?.uploadedBy === senderId && upload.conversationId === conversationId;
  if (!upload || !isOwn || upload.state === "dropped") throw wrong("There is no such upload of yours here");
  if (upload.state !== "ready") throw wrong("The upload is not complete");
  if (type === "image" && !isCleaned(upload.mimeType)) throw wrong("The upload is not a picture");
  if (upload.claim === key) return metadataOf(upload, type);
  const set = { claim: key, claimedAt: timeIn(uploads), expiresAt: null };
  const claimed = await store.patch(records, uploadId, { set }, { state: "ready", claim: null });
  if (!claimed) throw wrong("Another message is this upload");
  return metadataOf(claimed, type);
}

/** Writes down which message a file is. What fails here is found by a sweep: the message is made, and nobody waits. */
export async function attach(
  uploads: Uploads,
  uploadId: string,
  message: { readonly id: string; readonly seq: number },
): Promise<void> {
  const set = { messageId: message.id, messageSeq: message.seq, claimedAt: null };
  try {
    await uploads.store.patch(records, uploadId, { set }, { state: "ready" });
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
function metadataOf(upload: Upload, type: Wanted["type"]): Readonly<Record<string, unknown>> {
  const { id: uploadId, fileName, fileSize, mimeType, width, height, duration, thumbnail, blurhash } = upload;
  if (type === "image") {
    return {
      uploadId,
      imageUrl: contentPath(uploadId),
      imageSize: fileSize,
      imageDimensions: { width, height },
      ...(thumbnail !== null && { thumbnailUrl: thumbnailPath(uploadId), blurhash }),
    };
  }
  return {
    uploadId,
    fileName,
    fileUrl: contentPath(uploadId),
    fileSize,
    fileType: mimeType,
    ...(duration !== null && { duration }),
  };
}

function wrong(message: string): ParleyError {
  return new ParleyError("invalid_request", undefined, {
    errors: [{ field: "content.metadata.uploadId", message }],
  });
}
