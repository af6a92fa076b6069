import { ParleyError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { readMembership } from "../../order/reader.ts";
import { empty } from "./inspect.ts";
import { savedName, shownName } from "./names.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { timeIn } from "./service.ts";
import { allowedType, ANY_TYPE, plainType } from "./types.ts";

/** What somebody says of a file before it comes. */
export interface Announced {
  readonly conversationId: string;
  readonly name: string;
  /** The type that it is said to have. */
  readonly mimeType: string | undefined;
  /** Bytes; `undefined` when nobody knows. */
  readonly size: number | undefined;
  /** Bytes at most, where no more is known. */
  readonly atMost?: number | undefined;
  readonly isPublic: boolean;
}

/**
 * Takes note of a file that is about to come, and reserves its place in the user's quota. Throws `not_found` for who is
 * no member, `payload_too_large`, `unsupported_media_type`, `invalid_request` for an empty one, `quota_exceeded`.
 */
export async function begin(
  uploads: Uploads,
  userId: string,
  announced: Announced,
  lastsMs: number,
): Promise<Upload> {
  const { store, rules } = uploads;
  const { conversationId, size, atMost = rules.maxBytes, isPublic } = announced;
  await readMembership(store, conversationId, userId);
  if (size === 0) throw empty();
  if (size !== undefined && size > rules.maxBytes) throw new ParleyError("payload_too_large");
  const mimeType = plainType(announced.mimeType ?? ANY_TYPE);
  if (mimeType !== ANY_TYPE) allowedType(mimeType, rules.types);
  const originalName = shownName(announced.name);
  const upload: Upload = {
    ...BLANK,
    ...{
      id: newId(),
      state: "pending",
      conversationId,
      uploadedBy: userId,
      isPublic,
      mimeType,
      originalName,
    },
    fileName: savedName(originalName, mimeType),
    fileSize: size ?? Math.min(atMost, rules.maxBytes),
    createdAt: timeIn(uploads),
    expiresAt: timeIn(uploads, lastsMs),
  };
  await store.insert(records, upload);
  await holdQuota(uploads, upload);
  return upload;
}

const BLANK = {
  ...{
    checksum: null,
    blob: null,
    thumbnail: null,
    thumbnailDue: null,
    claim: null,
    claimedAt: null,
    messageId: null,
    messageSeq: 0,
  },
  kind: "other",
  ...{ doomedAt: null, width: null, height: null, duration: null, blurhash: null, downloadCount: 0 },
} as const;

/** Of several that come at once, the record is there before the sum is made: together they never exceed it. */
async function holdQuota({ store, quota }: Uploads, upload: Upload): Promise<void> {
  if (quota === 0) return;
  const own = await store.find(records, { where: { uploadedBy: upload.uploadedBy } });
  const held = own.filter(({ state }) => state !== "dropped").reduce(
    (sum, { fileSize }) => sum + fileSize,
    0,
  );
  if (held <= quota) return;
  await store.delete(records, upload.id);
  throw new ParleyError("quota_exceeded");
}
