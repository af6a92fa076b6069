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

/** A file as `viewerId` sees it. */
export function show(uploads: Uploads, upload: Upload, viewerId: string): UploadView {
  const { id, state, width, height, duration, blurhash, thumbnail } = upload;
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
    metadata: { width, height, duration, blurhash, thumbnailUrl: thumbnail && thumbnailPath(id) },
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
  { id, isPublic, thumbnail }: Upload,
  viewerId: string,
): NonNullable<UploadView["links"]> {
  const user = isPublic ? undefined : viewerId;
  const { expires } = links;
  return {
    content: links.sign("read", id, "content", user, expires),
    thumbnail: thumbnail && links.sign("read", id, "thumbnail", user, expires),
    expiresAt: Links.time(expires),
  };
}
