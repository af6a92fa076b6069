import { Links } from "./links.ts";
import type { Upload } from "./records.ts";
import type { UploadView } from "./schema.ts";
import type { Uploads } from "./service.ts";

/** Where a file's bytes are found. */
export function contentPath(uploadId: string): string {
  return `/api/uploads/${uploadId}/content`;
}

export function thumbnailPath(uploadId: string): string {
  return `/api/uploads/${uploadId}/thumbnail`;
}

/** Whether a picture has a thumbnail, or will have one when it is asked for. */
export function hasThumbnail({ thumbnail, thumbnailDue = null }: Upload): boolean {
  return thumbnail !== null || thumbnailDue !== null;
}

/** A file as `viewerId` sees it. */
export function show(uploads: Uploads, upload: Upload, viewerId: string): UploadView {
  const { id, state, width, height, duration, blurhash } = upload;
  const thumbnailUrl = hasThumbnail(upload) ? thumbnailPath(id) : null;
  return {
    id,
    status: state === "ready" ? "ready" : "pending",
    originalName: upload.originalName,
    fileName: upload.fileName,
    mimeType: upload.mimeType,
    fileSize: upload.fileSize,
    checksum: upload.checksum,
    uploadedBy: upload.uploadedBy,
    conversationId: upload.conversationId,
    messageId: upload.messageId,
    metadata: { width, height, duration, blurhash, thumbnailUrl },
    url: contentPath(id),
    links: state === "ready" ? linksOf(uploads, upload, viewerId) : null,
    isPublic: upload.isPublic,
    downloadCount: upload.downloadCount,
    createdAt: upload.createdAt,
    expiresAt: upload.expiresAt,
  };
}

/** Links that `viewerId` may follow without an access token, or anyone where the file is public. */
export function linksOf(
  { links }: Uploads,
  upload: Upload,
  viewerId: string,
): NonNullable<UploadView["links"]> {
  const { id, isPublic } = upload;
  const user = isPublic ? undefined : viewerId;
  const { expires } = links;
  return {
    content: links.sign("read", id, "content", user, expires),
    thumbnail: hasThumbnail(upload) ? links.sign("read", id, "thumbnail", user, expires) : null,
    expiresAt: Links.time(expires),
  };
}
