import type { FileOptions } from "./types.ts";
import type { ContentInput, Upload } from "./wire.ts";

/** Types of which the server makes messages of type `image`. */
const PICTURE = /^image\/(jpeg|png|gif|webp)$/;

/** What is said to have a file be a message. It shows until the server's own comes, which tells the same of the file. */
export function contentOf(upload: Upload, { text, waveform }: FileOptions): ContentInput {
  const { id: uploadId, fileName, fileSize, mimeType, url, metadata: facts } = upload;
  const { width, height, duration, thumbnailUrl, blurhash } = facts;
  const isPicture = PICTURE.test(mimeType);
  const metadata = isPicture
    ? {
      uploadId,
      fileName,
      imageUrl: url,
      imageSize: fileSize,
      imageDimensions: { width, height },
      thumbnailUrl,
      blurhash,
    }
    : { uploadId, fileName, fileUrl: url, fileSize, fileType: mimeType, duration, waveform };
  return { type: isPicture ? "image" : "file", ...(text && { text }), metadata };
}
