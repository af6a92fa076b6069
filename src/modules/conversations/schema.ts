import { z } from "zod";
import {
  conversationId,
  count,
  cursorLike,
  noTime,
  PAGE_LIMIT,
  pageQuery,
  pagination,
  text,
  time,
  userId,
} from "../../http/schema.ts";
import { SAMPLE } from "../../kernel/samples.ts";

/** Members at most, in any group. */
export const MAX_PARTICIPANTS = 10_000;

/** Places of a group whose maker does not say how many there are to be. */
export const DEFAULT_PARTICIPANTS = 100;

/** A century; 0 keeps messages for ever. */
const MAX_RETENTION_DAYS = 36_500;

const ONE_LINE = /^[^\t\n\r\u0080-\u009f\u2028\u2029]*$/;

const name = text(1, 100)
  .regex(ONE_LINE, "Must be one line")
  .refine((value) => !/^\s+$/.test(value), "Must not be blank")
  .meta({ description: "One line of 1 to 100 characters", examples: ["Tea house"] });

const description = text(0, 500).meta({ examples: ["What is brewing."] });

const role = z.enum(["admin", "moderator", "member"]).meta({
  description: "`admin`s may do all; `moderator`s pin, delete others' messages, add and remove plain members",
  examples: ["member"],
});

const settings = z.object({
  isPublic: z.boolean().meta({ description: "Anyone may find and join it" }),
  allowInvites: z.boolean().meta({ description: "Plain members may take others in" }),
  maxParticipants: z.number().int().min(2).max(MAX_PARTICIPANTS).meta({ examples: [DEFAULT_PARTICIPANTS] }),
  messageRetention: z.number().int().min(0).max(MAX_RETENTION_DAYS).meta({
    description: "Days that messages are kept; 0 keeps them for ever",
  }),
});

const notifications = z.object({
  enabled: z.boolean().meta({ examples: [true] }),
  muteUntil: noTime.meta({ description: "Nothing is notified before; `null` when not muted" }),
});

/** A path with a conversation. */
export const conversationParams = z.object({ id: conversationId });

/** A path with a conversation and one of its members. */
export const memberParams = z.object({ id: conversationId, userId });

/** Lists of conversations come in smaller pages than others: each row is a record of some size. */
export const listQuery = pageQuery.extend({
  limit: count(1, 100).default(20).meta({ description: PAGE_LIMIT }),
  cursor: cursorLike("WyIyMDI2LTAxLTAyVDAzOjA0OjA1LjY3OFoiLCIwMUs0WkswRjJINlc4UFE0UzFFM0o1RzdUTiJd"),
});

export const memberQuery = pageQuery.extend({
  cursor: cursorLike("WzMsIjAxSzRaSjdNMVM0RTZHOEgwSktCTjJQUVRSIl0"),
});

export const publicQuery = listQuery.extend({
  cursor: cursorLike("WyJ0ZWEgaG91c2UiLCIwMUs0WkswRjJINlc4UFE0UzFFM0o1RzdUTiJd"),
  query: z.string().max(100).default("").meta({
    description: "How the name begins, in any case; nothing finds all",
    examples: ["tea"],
  }),
});

export const createBody = z.object({
  type: z.enum(["direct", "group"]),
  name: name.nullish(),
  description: description.nullish(),
  participants: z.array(userId).max(MAX_PARTICIPANTS).default([]).meta({
    description: "The others; a direct conversation has one",
  }),
  settings: settings.partial().default({}),
}).meta({
  examples: [
    { type: "direct", participants: [SAMPLE.other] },
    { type: "group", name: "Tea house", participants: [SAMPLE.other], settings: { isPublic: true } },
  ],
});

export const changeBody = z.object({
  name: name.nullish(),
  description: description.nullish(),
  settings: settings.partial().optional(),
}).meta({ examples: [{ name: "Coffee house", settings: { messageRetention: 90 } }] });

export const participantBody = z.object({ userId, role: role.default("member") });

export const roleBody = z.object({ role: role.meta({ examples: ["moderator"] }) });

/** What is left out stays as it is. */
export const notificationsBody = z.object({
  enabled: z.boolean().optional().meta({ examples: [true] }),
  muteUntil: z.iso.datetime({ offset: true }).nullish().meta({
    description: "A time, of any offset; `null` ends the muting",
    examples: ["2026-01-05T08:00:00Z"],
  }),
});

const userCard = z.object({
  id: userId,
  username: z.string().meta({ examples: ["bruno"] }),
  firstName: z.string().meta({ examples: ["Bruno"] }),
  lastName: z.string().meta({ examples: ["Costa"] }),
  avatar: z.string().nullable().meta({ examples: [null] }),
});

export const participantSchema = z.object({
  userId,
  user: userCard,
  role,
  joinedAt: time,
  lastReadSeq: z.number().int().meta({ description: "Everything up to this place was read", examples: [41] }),
  lastReadAt: time.nullable(),
  lastDeliveredSeq: z.number().int().meta({
    description: "Everything up to this place has reached one of the user's devices",
    examples: [SAMPLE.seq],
  }),
}).meta({ id: "Participant", description: "A member of a conversation" });

const lastMessage = z.object({
  content: z.string().meta({ description: "The text; empty when deleted", examples: ["The kettle is on."] }),
  senderId: userId,
  sentAt: time,
  type: z.enum(["text", "image", "file", "system", "emoji"]),
});

const groupName = z.string().nullable().meta({ examples: ["Tea house"] });
const groupDescription = z.string().nullable().meta({ examples: ["What is brewing."] });

export const conversationSchema = z.object({
  id: conversationId,
  type: z.enum(["direct", "group"]).meta({ examples: ["group"] }),
  name: groupName,
  description: groupDescription,
  settings,
  lastMessage: lastMessage.nullable(),
  rev: z.number().int().meta({
    description: "The number of the last change of any kind",
    examples: [SAMPLE.rev],
  }),
  seq: z.number().int().meta({ description: "The place of the newest message", examples: [SAMPLE.seq] }),
  firstSeq: z.number().int().meta({ description: "The oldest place whose message is kept", examples: [1] }),
  participantCount: z.number().int().meta({ examples: [2] }),
  role: role.meta({ description: "The caller's own role", examples: ["admin"] }),
  lastReadSeq: z.number().int().meta({
    description: "The caller has read everything up to this place",
    examples: [41],
  }),
  unread: z.number().int().meta({ description: "`seq` less `lastReadSeq`", examples: [1] }),
  notifications,
  participants: z.array(participantSchema).optional().meta({
    description:
      "The members, longest-standing first: in direct conversations, and up to 100 when one is asked for",
  }),
  createdAt: time,
  updatedAt: time,
}).meta({ id: "Conversation", description: "A conversation as the caller, a member, sees it" });

/** What someone who is not a member sees of a public group. */
export const publicConversationSchema = z.object({
  id: conversationId,
  type: z.literal("group"),
  name: groupName,
  description: groupDescription,
  settings: settings.meta({
    examples: [{ isPublic: true, allowInvites: false, maxParticipants: 100, messageRetention: 0 }],
  }),
  participantCount: z.number().int().meta({ examples: [2] }),
  createdAt: time,
}).meta({ id: "PublicConversation", description: "A public group as anyone sees it" });

export const notificationsSchema = notifications;
export const conversationPage = z.object({ conversations: z.array(conversationSchema), pagination });
export const publicPage = z.object({ conversations: z.array(publicConversationSchema), pagination });
export const participantPage = z.object({ participants: z.array(participantSchema), pagination });

export type CreateInput = z.output<typeof createBody>;
export type ChangeInput = z.output<typeof changeBody>;
export type NotificationsInput = z.output<typeof notificationsBody>;
export type ConversationView = z.infer<typeof conversationSchema>;
export type ParticipantView = z.infer<typeof participantSchema>;
export type PublicConversationView = z.infer<typeof publicConversationSchema>;
export type NotificationsView = z.infer<typeof notifications>;
