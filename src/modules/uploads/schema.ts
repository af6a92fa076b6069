import { z } from "zod";
import {
  conversationId as ofConversation,
  count,
  id,
  messageId,
  noTime,
  PAGE_CURSOR,
  PAGE_LIMIT,
  pagination,
  time,
  userId,
} from "../../http/schema.ts";
import { SAMPLE } from "../../kernel/samples.ts";

const UPLOAD = "01K4ZKD7R9T1V3X5Z7B9D1FGHJ";
const CONTENT = `/api/uploads/${UPLOAD}/content`;
const SIGNED = `expires=1767324000000&user=${SAMPLE.user}&signature=Zk3vQ8xT1mW6`;
const CHECKSUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const uploadId = id.meta({ description: "The id of an upload", examples: [UPLOAD] });
const conversationId = ofConversation.meta({ description: "Its members may see the file" });
const NAME = "photo.jpg";
const TYPE = "image/jpeg";
const BYTES = 48_213;
const isPublic = z.boolean().meta({ description: "Whoever has a link of it may follow it" });
const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** Where a file that comes in one request belongs. */
export const receiveQuery = z.object({
  conversationId,
  isPublic: flag.default(false).meta({ description: "Whoever has a link of it may follow it" }),
});

/** A file's name, when its bytes are the body. */
export const receiveHeaders = z.object({
  "x-file-name": z.string().max(4096).optional().meta({
    description: "The file's name, percent-encoded, when its bytes are the body",
    examples: ["caf%C3%A9.png"],
  }),
});

export const presignBody = z.object({
  fileName: z.string().min(1).max(1024).meta({ examples: [NAME] }),
  mimeType: z.string().min(1).max(255).meta({ examples: [TYPE] }),
  fileSize: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).meta({
    description: "Bytes",
    examples: [BYTES],
  }),
  conversationId,
  isPublic: isPublic.default(false),
}).meta({ id: "PresignUpload" });

export const linksBody = z.object({ uploadIds: z.array(uploadId).min(1).max(100) }).meta({
  id: "LinkUploads",
});

/** What a list of files can be of: pictures are of the kinds that have thumbnails. */
export const uploadKind = z.enum(["picture", "video", "audio", "other"]);
export type UploadKind = z.infer<typeof uploadKind>;

export const listQuery = z.object({
  conversationId: ofConversation,
  kind: uploadKind.optional().meta({ description: "Those of one kind alone", examples: ["picture"] }),
  limit: count(1, 100).default(50).meta({ description: PAGE_LIMIT }),
  cursor: z.string().regex(/^[1-9][0-9]{0,14}$/, "Must be a nextCursor of this list").optional().meta({
    description: PAGE_CURSOR,
    examples: ["42"],
  }),
});
export type ListQuery = z.infer<typeof listQuery>;

/** A signature in place of an access token. */
export const linkQuery = z.object({
  user: id.optional().meta({ description: "Whom the link is for" }),
  expires: count(0).optional().meta({
    description: "When the link ends, in milliseconds since 1970",
  }),
  signature: z.string().max(64).optional().meta({ description: "What makes the link ours" }),
});
export type LinkQuery = z.infer<typeof linkQuery>;

const links = z.object({
  content: z.string().meta({
    description: "Good without an access token",
    examples: [`${CONTENT}?${SIGNED}`],
  }),
  thumbnail: z.string().nullable().meta({ examples: [`/api/uploads/${UPLOAD}/thumbnail?${SIGNED}`] }),
  expiresAt: time,
}).meta({
  id: "UploadLinks",
  description: "Links for you alone, unless the file is public; each use asks for membership",
});

/** A file as it is shown. */
export const uploadView = z.object({
  id: uploadId,
  status: z.enum(["pending", "ready"]).meta({ examples: ["ready"] }),
  originalName: z.string().meta({ description: "As it was called where it came from", examples: [NAME] }),
  fileName: z.string().meta({
    description: "The name to save it under: with an extension of its type",
    examples: [NAME],
  }),
  mimeType: z.string().meta({ examples: [TYPE] }),
  fileSize: z.number().int().meta({ description: "Bytes", examples: [BYTES] }),
  checksum: z.string().nullable().meta({
    description: "SHA-256 in hexadecimal digits",
    examples: [CHECKSUM],
  }),
  uploadedBy: userId.meta({ examples: [SAMPLE.user] }),
  conversationId: ofConversation,
  messageId: messageId.nullable().meta({ description: "The message that is the file", examples: [null] }),
  metadata: z.object({
    width: z.number().int().nullable().meta({ examples: [1600] }),
    height: z.number().int().nullable().meta({ examples: [1200] }),
    duration: z.number().nullable().meta({ description: "Seconds", examples: [null] }),
    blurhash: z.string().nullable().meta({ examples: ["LEHV6nWB2yk8pyo0adR*.7kCMdnj"] }),
    thumbnailUrl: z.string().nullable().meta({ examples: [`/api/uploads/${UPLOAD}/thumbnail`] }),
  }),
  url: z.string().meta({
    description: "Where the content is, for who has an access token",
    examples: [CONTENT],
  }),
  links: links.nullable(),
  isPublic,
  downloadCount: z.number().int(),
  createdAt: time,
  expiresAt: noTime.meta({ description: "When it goes, unless a message is it" }),
}).meta({ id: "Upload" });
export type UploadView = z.infer<typeof uploadView>;

/** A file in a list, with what its message alone knows of it. */
export const listedUpload = uploadView.extend({
  waveform: z.array(z.number().int()).optional().meta({
    description: "Of a voice message: how loud it is over its time, in percent, as the message tells it",
    examples: [[0, 12, 48, 100, 51, 9]],
  }),
}).meta({ id: "ListedUpload" });
export type ListedUpload = z.infer<typeof listedUpload>;

export const uploadPage = z.object({ uploads: z.array(listedUpload), pagination }).meta({ id: "UploadPage" });
export type UploadPage = z.infer<typeof uploadPage>;

export const linksView = z.object({ links: z.array(links.extend({ uploadId })) }).meta({
  id: "UploadLinkList",
});

export const presignView = z.object({
  upload: uploadView,
  method: z.literal("PUT"),
  url: z.string().meta({ examples: [`/api/uploads/${UPLOAD}/bytes?${SIGNED}`] }),
  headers: z.record(z.string(), z.string()).meta({
    description: "To be sent as they are",
    examples: [{ "content-type": TYPE, "content-length": String(BYTES) }],
  }),
  expiresAt: time,
}).meta({ id: "PresignedUpload" });
export type PresignView = z.infer<typeof presignView>;

/** Bytes, whatever they are. */
export const bytesView = z.string().meta({
  id: "Bytes",
  description: "The bytes of the file",
  examples: ["…"],
});
