import { z } from "zod";
import { id, time } from "../../http/schema.ts";

const LINK =
  "/api/uploads/01JD2Q7M3C8Z0V5T9W4X6Y1ABC/content?expires=1764547200000&user=01JD…&signature=Zk3…";

const conversationId = id.meta({ description: "Its members may see the file" });
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
  fileName: z.string().min(1).max(1024),
  mimeType: z.string().min(1).max(255),
  fileSize: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  conversationId,
  isPublic: isPublic.default(false),
}).meta({ id: "PresignUpload" });

export const linksBody = z.object({ uploadIds: z.array(id).min(1).max(100) }).meta({ id: "LinkUploads" });

/** A signature in place of an access token. */
export const linkQuery = z.object({
  user: id.optional().meta({ description: "Whom the link is for" }),
  expires: z.coerce.number().int().optional().meta({
    description: "When the link ends, in milliseconds since 1970",
  }),
  signature: z.string().max(64).optional().meta({ description: "What makes the link ours" }),
});
export type LinkQuery = z.infer<typeof linkQuery>;

const links = z.object({
  content: z.string().meta({ description: "Good without an access token", examples: [LINK] }),
  thumbnail: z.string().nullable(),
  expiresAt: time,
}).meta({
  id: "UploadLinks",
  description: "Links for you alone, unless the file is public; each use asks for membership",
});

/** A file as it is shown. */
export const uploadView = z.object({
  id,
  status: z.enum(["pending", "ready"]),
  originalName: z.string(),
  fileName: z.string().meta({ description: "The name to save it under: with an extension of its type" }),
  mimeType: z.string(),
  fileSize: z.number().int(),
  checksum: z.string().nullable().meta({ description: "SHA-256 in hexadecimal digits" }),
  uploadedBy: id,
  conversationId: id,
  messageId: id.nullable(),
  metadata: z.object({
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    duration: z.number().nullable().meta({ description: "Seconds" }),
    blurhash: z.string().nullable(),
    thumbnailUrl: z.string().nullable(),
  }),
  url: z.string().meta({ description: "Where the content is, for who has an access token" }),
  links: links.nullable(),
  isPublic,
  downloadCount: z.number().int(),
  createdAt: time,
  expiresAt: time.nullable().meta({ description: "When it goes, unless a message is it" }),
}).meta({ id: "Upload" });
export type UploadView = z.infer<typeof uploadView>;

export const linksView = z.object({ links: z.array(links.extend({ uploadId: id })) }).meta({
  id: "UploadLinkList",
});

export const presignView = z.object({
  upload: uploadView,
  method: z.literal("PUT"),
  url: z.string(),
  headers: z.record(z.string(), z.string()).meta({ description: "To be sent as they are" }),
  expiresAt: time,
}).meta({ id: "PresignedUpload" });
export type PresignView = z.infer<typeof presignView>;

/** Bytes, whatever they are. */
export const bytesView = z.string().meta({
  id: "Bytes",
  description: "The bytes of the file",
  examples: ["…"],
});
