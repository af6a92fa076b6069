import { z } from "zod";
import {
  conversationId,
  count,
  id,
  messageId,
  noTime,
  pagination,
  time,
  userId,
  within,
} from "../../http/schema.ts";
import { SAMPLE } from "../../kernel/samples.ts";

/** `T` as it is passed around: nobody changes it. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

const MAX_CLIENT_ID = 64;
const MAX_MARKED = 500;

const words = z.string().refine((text) => text.isWellFormed(), "Must not hold lone surrogates");
const said = words.meta({
  description: "1 to 8,000 characters (`MAX_MESSAGE_LENGTH`) of any script, kept as sent",
  minLength: 1,
  examples: ["The kettle is on."],
});
const emoji = words.meta({ description: "One emoji", minLength: 1, examples: ["👍"] });

const clientId = words.meta({
  description:
    "Chosen by the client, one for each message: names it in retries, for as long as the conversation is",
  minLength: 1,
  maxLength: MAX_CLIENT_ID,
  examples: ["m1"],
})
  .refine((value) => within(value, 1, MAX_CLIENT_ID), `Must have 1 to ${MAX_CLIENT_ID} characters`);

const waveform = z.array(z.number().int().min(0).max(100)).min(1).max(100).meta({
  description: "How loud a voice message is over its time, in percent: bars of the same length each",
  examples: [[0, 12, 48, 100, 51, 9]],
});

const contentObject = z.object({
  type: z.enum(["text", "image", "file", "emoji"]),
  text: said.optional().meta({ minLength: 0 }),
  metadata: z.object({ uploadId: id.optional(), waveform: waveform.optional() }).optional(),
}).meta({
  id: "MessageContentInput",
  description:
    "`image` and `file` name their upload, `text` and `emoji` have a text. Text is kept as it is sent. The server fills " +
    "in the other metadata; a `file` of sound may bring its `waveform`.",
  examples: [{ type: "text", text: "The kettle is on." }],
});

/** What a client wants to say: a bare string is a text. */
export const contentInput = z.union([said, contentObject]);
export type ContentInput = z.infer<typeof contentInput>;

const A_TEXT = { conversationId: SAMPLE.conversation, clientId: "m1", content: "The kettle is on." };
const AN_ANSWER = {
  ...{ conversationId: SAMPLE.conversation, clientId: "m2", replyTo: SAMPLE.message },
  content: { type: "emoji", text: "🫖" },
};

export const sendBody = z.object({
  conversationId,
  clientId,
  content: contentInput,
  replyTo: messageId.nullish().meta({
    description: "The message that this one answers, of the same conversation",
  }),
}).meta({ id: "SendMessage", examples: [A_TEXT, AN_ANSWER] });
export type SendBody = z.infer<typeof sendBody>;

export const editBody = z.object({
  content: z.union([said, z.object({ text: said })]),
}).meta({ id: "EditMessage" });

const on = z.boolean().optional().meta({
  description: "Sets or clears the reaction; without it the call toggles, and is not to be retried",
  examples: [true],
});

export const reactionBody = z.object({ emoji, on }).meta({ id: "React" });
export type ReactionBody = z.infer<typeof reactionBody>;

const place = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).meta({
  description: "The place of a message in its conversation",
  examples: [SAMPLE.seq],
});

export const markReadBody = z.object({
  conversationId,
  messageIds: z.array(messageId).max(MAX_MARKED).optional(),
  seq: place.optional(),
}).meta({
  id: "MarkRead",
  description: "Everything up to the highest of them is read; without any, the whole conversation.",
  examples: [
    { conversationId: SAMPLE.conversation, seq: SAMPLE.seq },
    { conversationId: SAMPLE.conversation, messageIds: [SAMPLE.message] },
  ],
});
export type MarkReadBody = z.infer<typeof markReadBody>;

/** The socket's commands on one message. */
export const editCommand = z.object({ messageId, text: said });
export const deleteCommand = z.object({ messageId });
export const reactionCommand = z.object({ messageId, emoji, on });
export const receiptCommand = z.object({ conversationId, seq: place });

export const conversationParams = z.object({ conversationId });
export const messageParams = z.object({ id: messageId });

export const historyQuery = z.object({
  limit: count(1, 100).default(50).meta({ description: "Places at most" }),
  page: count(1).optional().meta({ description: "A page, counted from the newest", examples: [1] }),
  before: count(1).optional().meta({
    description: "A `seq`: the messages right before it",
    examples: [43],
  }),
  after: count(0).optional().meta({
    description: "A `seq`: the messages right after it",
    examples: [0],
  }),
  around: count(1).optional().meta({
    description: "A `seq`: the message there with those around it",
    examples: [21],
  }),
  cursor: count(0).optional().meta({
    description: "A `nextCursor`, to go on from `before` or `after`",
    examples: [93],
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
  id: userId.meta({ examples: [SAMPLE.user] }),
  username: z.string().meta({ examples: ["amina"] }),
  firstName: z.string().meta({ examples: ["Amina"] }),
  lastName: z.string().meta({ examples: ["Haddad"] }),
  avatar: z.string().nullable().meta({ examples: [null] }),
}).meta({ id: "MessageSender", description: "The sender, as it is called at present" });

const contentType = z.enum(["text", "image", "file", "system", "emoji"]);
const seq = z.number().int().min(1).meta({
  description: "The place in the conversation: 1, 2, 3 … without holes",
  examples: [SAMPLE.seq],
});

const quote = z.object({
  id: messageId,
  seq,
  senderId: userId,
  type: contentType,
  text: z.string().meta({ description: "The first 140 code points", examples: ["Tea?"] }),
  isDeleted: z.boolean(),
}).meta({ id: "Quote", description: "The beginning of the answered message, as it is at present" });

const reactions = z.array(
  z.object({ userId, emoji: z.string().meta({ examples: ["👍"] }), addedAt: time }).meta({ id: "Reaction" }),
);

const readers = z.array(z.object({ userId, readAt: time }).meta({ id: "Reader" }));

/** A message as it is shown. */
export const messageView = z.object({
  id: messageId,
  conversationId,
  seq,
  rev: z.number().int().min(1).meta({
    description: "The number of the message's last change; of two states the higher one is the newer",
    examples: [SAMPLE.rev],
  }),
  senderId: userId.meta({ examples: [SAMPLE.user] }),
  sender: card,
  clientId: z.string().nullable().meta({
    description: "As the sender's client chose it; `null` in system messages",
    examples: ["m1"],
  }),
  content: z.object({
    type: contentType,
    text: z.string(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }).meta({ examples: [{ type: "text", text: "The kettle is on." }] }),
  replyTo: quote.nullable().meta({ examples: [null] }),
  reactions,
  readBy: readers.optional().meta({
    description: "In conversations of up to 100, and when one message is asked for",
  }),
  mentions: z.array(userId).meta({
    description: "Members whom the text names as `@username`",
    examples: [[]],
  }),
  isPinned: z.boolean(),
  pinnedAt: noTime,
  pinnedBy: userId.nullable().meta({ examples: [null] }),
  isEdited: z.boolean(),
  editedAt: noTime,
  isDeleted: z.boolean().meta({ description: "A deleted message keeps its place and loses its content" }),
  deletedAt: noTime,
  createdAt: time,
  updatedAt: time,
}).meta({ id: "Message", description: "A message in its present state" });

export type MessageView = Frozen<z.infer<typeof messageView>>;
export type Quote = Frozen<z.infer<typeof quote>>;
export type Readers = Frozen<z.infer<typeof readers>>;

const numbered = z.object({
  page: z.number().int(),
  limit: z.number().int(),
  total: z.number().int(),
  pages: z.number().int(),
}).meta({
  description: "Of a `page`; `total` counts places",
  examples: [{ page: 1, limit: 50, total: 42, pages: 1 }],
});
const surroundings = z.object({
  limit: z.number().int(),
  hasMoreBefore: z.boolean(),
  hasMoreAfter: z.boolean(),
}).meta({ description: "Of `around`" });

/** A stretch of a conversation, oldest first. */
export const historyView = z.object({
  messages: z.array(messageView),
  pagination: z.union([numbered, pagination, surroundings]),
}).meta({ id: "MessageHistory" });
export type HistoryView = Frozen<z.infer<typeof historyView>>;

/** What is said where nothing else is to be shown. */
export const saidView = z.object({ message: z.string().meta({ examples: ["Done"] }) }).meta({ id: "Said" });
export const editedView = z.object({
  message: z.string().meta({ examples: ["Message updated successfully"] }),
  data: messageView,
}).meta({ id: "EditedMessage" });
export const reactionsView = z.object({ reactions }).meta({ id: "Reactions" });
export type ReactionsView = Frozen<z.infer<typeof reactionsView>>;
