import { z } from "zod";
import { id, pageQuery, pagination, text, time } from "../../http/schema.ts";

/** Members at most, in any group. */
export const MAX_PARTICIPANTS = 10_000;

/** Places of a group whose maker does not say how many there are to be. */
export const DEFAULT_PARTICIPANTS = 100;

/** A century; 0 keeps messages for ever. */
const MAX_RETENTION_DAYS = 36_500;

const BREAKS = /[\t\n\r\u0080-\u009f\u2028\u2029]/;

const name = text(1, 100)
  .refine((value) => !BREAKS.test(value), "Must be one line")
  .refine((value) => !/^\s+$/.test(value), "Must not be blank");

const description = text(0, 500);

const role = z.enum(["admin", "moderator", "member"]);

const settings = z.object({
  isPublic: z.boolean(),
  allowInvites: z.boolean(),
  maxParticipants: z.number().int().min(2).max(MAX_PARTICIPANTS),
  messageRetention: z.number().int().min(0).max(MAX_RETENTION_DAYS),
});

const notifications = z.object({ enabled: z.boolean(), muteUntil: time.nullable() });

/** A path with a conversation and one of its members. */
export const memberParams = z.object({ id, userId: id });

/** Lists of conversations come in smaller pages than others: each row is a record of some size. */
export const listQuery = pageQuery.extend({ limit: z.coerce.number().int().min(1).max(100).default(20) });

export const publicQuery = listQuery.extend({ query: z.string().max(100).default("") });

export const createBody = z.object({
  type: z.enum(["direct", "group"]),
  name: name.nullish(),
  description: description.nullish(),
  participants: z.array(id).max(MAX_PARTICIPANTS).default([]),
  settings: settings.partial().default({}),
});

export const changeBody = z.object({
  name: name.nullish(),
  description: description.nullish(),
  settings: settings.partial().optional(),
});

export const participantBody = z.object({ userId: id, role: role.default("member") });

export const roleBody = z.object({ role });

/** What is left out stays as it is. */
export const notificationsBody = z.object({
  enabled: z.boolean().optional(),
  muteUntil: z.iso.datetime({ offset: true }).nullish(),
});

const userCard = z.object({
  id,
  username: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  avatar: z.string().nullable(),
});

export const participantSchema = z.object({
  userId: id,
  user: userCard,
  role,
  joinedAt: time,
  lastReadSeq: z.number().int(),
  lastReadAt: time.nullable(),
  lastDeliveredSeq: z.number().int(),
}).meta({ id: "Participant" });

const lastMessage = z.object({
  content: z.string(),
  senderId: id,
  sentAt: time,
  type: z.enum(["text", "image", "file", "system", "emoji"]),
});

export const conversationSchema = z.object({
  id,
  type: z.enum(["direct", "group"]),
  name: z.string().nullable(),
  description: z.string().nullable(),
  settings,
  lastMessage: lastMessage.nullable(),
  rev: z.number().int(),
  seq: z.number().int(),
  firstSeq: z.number().int(),
  participantCount: z.number().int(),
  role,
  lastReadSeq: z.number().int(),
  unread: z.number().int(),
  notifications,
  participants: z.array(participantSchema).optional(),
  createdAt: time,
  updatedAt: time,
}).meta({ id: "Conversation" });

/** What someone who is not a member sees of a public group. */
export const publicConversationSchema = z.object({
  id,
  type: z.literal("group"),
  name: z.string().nullable(),
  description: z.string().nullable(),
  settings,
  participantCount: z.number().int(),
  createdAt: time,
}).meta({ id: "PublicConversation" });

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
