import { z } from "zod";
import { id, pagination, time, within } from "../../http/schema.ts";

/** `T` as it is passed around: nobody changes it. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

const MAX_CLIENT_ID = 64;
const MAX_MARKED = 500;

const words = z.string().refine((text) => text.isWellFormed(), "Must not hold lone surrogates");

const clientId = words.meta({ minLength: 1, maxLength: MAX_CLIENT_ID })
  .refine((value) => within(value, 1, MAX_CLIENT_ID), `Must have 1 to ${MAX_CLIENT_ID} characters`);

const contentObject = z.object({
  type: z.enum(["text", "image", "file", "emoji"]),
  text: words.optional(),
  metadata: z.object({ uploadId: id.optional() }).optional(),
}).meta({
  id: "MessageContentInput",
  description:
    "`image` and `file` name their upload, `text` and `emoji` have a text. Text is kept as it is sent.",
});

/** What a client wants to say: a bare string is a text. */
export const contentInput = z.union([words, contentObject]);
export type ContentInput = z.infer<typeof contentInput>;

export const sendBody = z.object({
  conversationId: id,
  clientId,
  content: contentInput,
  replyTo: id.nullish(),
}).meta({ id: "SendMessage" });
export type SendBody = z.infer<typeof sendBody>;

export const editBody = z.object({
  content: z.union([words, z.object({ text: words })]),
}).meta({ id: "EditMessage" });

export const reactionBody = z.object({ emoji: words, on: z.boolean().optional() }).meta({ id: "React" });
export type ReactionBody = z.infer<typeof reactionBody>;

const place = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const markReadBody = z.object({
  conversationId: id,
  messageIds: z.array(id).max(MAX_MARKED).optional(),
  seq: place.optional(),
}).meta({
  id: "MarkRead",
  description: "Everything up to the highest of them is read; without any, the whole conversation.",
});
export type MarkReadBody = z.infer<typeof markReadBody>;

/** The socket's commands on one message. */
export const editCommand = z.object({ messageId: id, text: words });
export const deleteCommand = z.object({ messageId: id });
export const reactionCommand = z.object({ messageId: id, emoji: words, on: z.boolean().optional() });
export const receiptCommand = z.object({ conversationId: id, seq: place });

export const conversationParams = z.object({ conversationId: id });

const queried = z.coerce.number().int().max(Number.MAX_SAFE_INTEGER);

export const historyQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  page: queried.min(1).optional(),
  before: queried.min(1).optional(),
  after: queried.min(0).optional(),
  around: queried.min(1).optional(),
  cursor: queried.min(0).optional().meta({
    description: "A `nextCursor`, to go on from `before` or `after`",
  }),
}).refine(
  ({ before, after, cursor }) => cursor === undefined || before !== undefined || after !== undefined,
  { message: "Goes with before or after", path: ["cursor"] },
).refine(
  ({ page, before, after, around }) =>
    [page, before, after, around].filter((value) => value !== undefined).length <= 1,
  "Only one of page, before, after and around can be given",
);
export type HistoryQuery = z.infer<typeof historyQuery>;

const card = z.object({
  id,
  username: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  avatar: z.string().nullable(),
}).meta({ id: "MessageSender" });

const contentType = z.enum(["text", "image", "file", "system", "emoji"]);
const seq = z.number().int().min(1);

const quote = z.object({
  id,
  seq,
  senderId: id,
  type: contentType,
  text: z.string().meta({ description: "The first 140 code points" }),
  isDeleted: z.boolean(),
}).meta({ id: "Quote" });

const reactions = z.array(
  z.object({ userId: id, emoji: z.string(), addedAt: time }).meta({ id: "Reaction" }),
);

const readers = z.array(z.object({ userId: id, readAt: time }).meta({ id: "Reader" }));

/** A message as it is shown. */
export const messageView = z.object({
  id,
  conversationId: id,
  seq,
  rev: z.number().int().min(1),
  senderId: id,
  sender: card,
  clientId: z.string().nullable(),
  content: z.object({
    type: contentType,
    text: z.string(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
  replyTo: quote.nullable(),
  reactions,
  readBy: readers.optional().meta({
    description: "In conversations of up to 100, and when one message is asked for",
  }),
  mentions: z.array(id),
  isPinned: z.boolean(),
  pinnedAt: time.nullable(),
  pinnedBy: id.nullable(),
  isEdited: z.boolean(),
  editedAt: time.nullable(),
  isDeleted: z.boolean(),
  deletedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
}).meta({ id: "Message" });

export type MessageView = Frozen<z.infer<typeof messageView>>;
export type Quote = Frozen<z.infer<typeof quote>>;
export type Readers = Frozen<z.infer<typeof readers>>;

const numbered = z.object({
  page: z.number().int(),
  limit: z.number().int(),
  total: z.number().int(),
  pages: z.number().int(),
});
const surroundings = z.object({
  limit: z.number().int(),
  hasMoreBefore: z.boolean(),
  hasMoreAfter: z.boolean(),
});

/** A stretch of a conversation, oldest first. */
export const historyView = z.object({
  messages: z.array(messageView),
  pagination: z.union([numbered, pagination, surroundings]),
}).meta({ id: "MessageHistory" });
export type HistoryView = Frozen<z.infer<typeof historyView>>;

/** What is said where nothing else is to be shown. */
export const saidView = z.object({ message: z.string() }).meta({ id: "Said" });
export const editedView = z.object({ message: z.string(), data: messageView }).meta({ id: "EditedMessage" });
export const reactionsView = z.object({ reactions }).meta({ id: "Reactions" });
export type ReactionsView = Frozen<z.infer<typeof reactionsView>>;
