import { z } from "zod";
import { SAMPLE } from "../kernel/samples.ts";
import type { Scope } from "./command.ts";
import { CLOSE, MAX_FRAME_BYTES, retryCodes } from "./protocol.ts";

/** Something that the server sends of its own accord, for the published description. */
export interface PushDoc {
  readonly event: string;
  readonly summary: string;
  /** What the summary does not say, in Markdown. */
  readonly description?: string;
  readonly data: z.ZodType;
  /** Without one it is about no one conversation. */
  readonly scope?: Scope;
}

/** Records as they are pushed. The modules that own them describe them. */
export interface RecordSchemas {
  readonly message: z.ZodType;
  readonly conversation: z.ZodType;
  readonly participant: z.ZodType;
}

const id = z.string();
const userId = id.meta({ examples: [SAMPLE.other] });
const ofUser = z.object({ userId });
const receipt = z.object({ userId, seq: z.number().int().meta({ examples: [SAMPLE.seq] }) });
const nothing = z.object({});
const limit = (description: string, example: number) =>
  z.number().int().meta({ description, examples: [example] });

const hello = z.object({
  connectionId: id.meta({ examples: ["01K4ZKC5Q7S9V1X3Z5B7D9FAGH"] }),
  userId: id.meta({ examples: [SAMPLE.user] }),
  region: z.string().meta({ examples: ["fra"] }),
  instance: z.string().meta({ description: "The node", examples: ["local"] }),
  epoch: z.string().meta({
    description: "Names the history that cursors belong to; another one after the store came from a backup",
    examples: [SAMPLE.epoch],
  }),
  heartbeatMs: limit("Send something at least this often", 25_000),
  limits: z.object({
    maxFrameBytes: limit("Bytes of a frame", MAX_FRAME_BYTES),
    maxMessageLength: limit("Code points of a text", 8_000),
    messages: limit("Messages, edits, deletions and reactions of the user in 10 s; 0 is no limit", 50),
    maxConnectionsPerUser: limit("0 is no limit", 20),
    retryCloseCodes: z.array(z.number().int()).meta({
      description: "Close codes after which coming back can help",
      examples: [retryCodes()],
    }),
  }),
});

/** All that the hub pushes. */
export function hubPushes({ message, conversation, participant }: RecordSchemas): readonly PushDoc[] {
  return [
    {
      event: "hello",
      summary: "The connection is open, and these are its limits",
      description: "The first of all. Nothing of any conversation comes before `resume`.",
      data: hello,
    },
    ...conversationPushes(conversation, participant, message),
    ...messagePushes(message),
    ...PASSING,
    {
      event: "server_draining",
      summary: "This node is about to stop",
      description:
        `Goes on as usual for a moment, then closes with \`${CLOSE.restart.code}\`: connect again after the delay, ` +
        "which is spread over all clients.",
      data: z.object({ reconnectAfterMs: limit("Milliseconds", 740) }),
    },
  ];
}

function conversationPushes(
  conversation: z.ZodType,
  participant: z.ZodType,
  message: z.ZodType,
): readonly PushDoc[] {
  const members = z.object({
    added: z.array(participant),
    removed: z.array(userId),
    changed: z.array(participant).meta({ examples: [[]] }),
  });
  return [
    {
      event: "sync",
      scope: "change",
      summary: "What changed in a conversation while you were away",
      description:
        "Every message that changed since your cursor, in rising `rev`, each whole and in its present state. " +
        "With `reset: true`, when too much did or the cursor is of another history: forget the conversation, take `rev`, " +
        "and fetch pages.",
      data: z.object({
        changes: z.array(message),
        conversation,
        reset: z.literal(true).optional().meta({ description: "Start afresh", examples: [] }),
      }),
    },
    {
      event: "conversation_added",
      scope: "change",
      summary: "You have a conversation that you did not name",
      description:
        "You were taken in, it was made, or a hidden one came back. `rev` is its cursor; fetch pages for what " +
        "was said before.",
      data: z.object({ conversation }),
    },
    {
      event: "conversation_updated",
      scope: "change",
      summary: "Name, description, settings or members of a conversation changed",
      description: "The conversation as you see it now, and who came, went or has another role.",
      data: z.object({ conversation, participants: members.optional() }),
    },
    {
      event: "conversation_removed",
      scope: "change",
      summary: "You have lost a conversation",
      description: "You left or were removed, it ended, or you hid it. Nothing with a later `rev` comes.",
      data: nothing,
    },
  ];
}

function messagePushes(data: z.ZodType): readonly PushDoc[] {
  const push = (event: string, summary: string): PushDoc => ({
    event,
    summary,
    description:
      "To every connection of every member, the sender's too. The whole message: upsert it by `id` when its " +
      "`rev` is newer.",
    scope: "change",
    data,
  });
  return [
    push("new_message", "Someone said something"),
    push("message_edited", "A message has another text"),
    push("message_deleted", "A message lost its content"),
    push("reaction_updated", "The reactions to a message changed"),
    push("message_pinned", "A message was pinned, or its pin taken away"),
  ];
}

const OPEN = "To connections that have the conversation open, but not to the one it comes from.";

/** What is told once, to those who are there. */
const PASSING: readonly PushDoc[] = [
  {
    event: "messages_read",
    scope: "signal",
    summary: "A member has read everything up to a place",
    description: `To the member's other connections at once. ${OPEN} Above 100 members once a second.`,
    data: receipt,
  },
  {
    event: "messages_delivered",
    scope: "signal",
    summary: "Everything up to a place has reached a member",
    description: `To the member's other connections at once. ${OPEN} Above 100 members once a second.`,
    data: receipt,
  },
  {
    event: "user_typing",
    scope: "signal",
    summary: "Someone types, or no longer",
    description: OPEN,
    data: z.object({ userId, isTyping: z.boolean().meta({ examples: [true] }) }),
  },
  {
    event: "file_upload_progress",
    scope: "signal",
    summary: "A file that a member brings has come so far",
    description: OPEN,
    data: z.object({
      userId,
      uploadId: z.string().meta({ examples: [SAMPLE.conversation] }),
      progress: z.number().min(0).max(100).meta({ description: "Per cent", examples: [50] }),
    }),
  },
  {
    event: "user_joined",
    scope: "signal",
    summary: "A member opened the conversation",
    description: OPEN,
    data: ofUser,
  },
  {
    event: "user_left",
    scope: "signal",
    summary: "A member closed the conversation",
    description: OPEN,
    data: ofUser,
  },
  {
    event: "user_online",
    summary: "Someone came online",
    description: "To connections that watch the user or have a conversation with the user open.",
    data: ofUser,
  },
  {
    event: "user_offline",
    summary: "Someone went offline",
    description: "As `user_online`, once the user has not come back for 3 s.",
    data: z.object({
      userId,
      lastSeen: z.string().optional().meta({
        description: "When the user shows it",
        examples: [SAMPLE.time],
      }),
    }),
  },
];
