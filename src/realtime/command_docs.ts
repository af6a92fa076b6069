import { z } from "zod";
import { SAMPLE } from "../kernel/samples.ts";
import { acknowledged } from "./command.ts";
import type { CommandDoc } from "./command.ts";

const userId = z.string().meta({ examples: [SAMPLE.other] });
const seq = z.number().int().min(0).meta({ examples: [SAMPLE.seq] });

/** A user's presence, as far as the one who asks may know it. */
const presence = z.object({
  userId,
  isOnline: z.boolean(),
  lastSeen: z.string().optional().meta({
    description: "Only of someone offline who shows it",
    examples: [SAMPLE.time],
  }),
}).meta({ id: "Presence" });

const marks = z.object({ userId, lastReadSeq: seq, lastDeliveredSeq: seq }).meta({ id: "Receipts" });

const synced = z.object({ epoch: z.string().meta({ examples: [SAMPLE.epoch] }) });
const joined = z.object({ seq, presence: z.array(presence), participants: z.array(marks) });

/** What the hub's own commands are to clients. */
export const HUB_DOCS = {
  resume: {
    summary: "Say what you have, and get what you missed",
    description:
      "Once a connection, before anything else. `cursors` name the last `rev` that you have of each " +
      "conversation, `{}` when you have nothing; `epoch` is the one of your last `synced`. Each conversation that has " +
      "moved is told by `sync`, each that you did not name by `conversation_added`, each that you have lost by " +
      "`conversation_removed`; then comes `synced`, and from there on pushes. At most 20,000 cursors, of any number of " +
      "commands: all parts but the last carry `more: true` and are answered with `ack`.",
    answers: [{ event: "synced", data: synced }, ...acknowledged()],
    errors: ["already_resumed"],
  },
  authenticate: {
    summary: "Renew the access token of this connection",
    description:
      "With a token of the same user and session, before the present one ends: a connection whose token has " +
      "ended is closed with `4401`. Allowed before `resume`.",
    answers: acknowledged(z.object({ expiresAt: z.string().meta({ examples: [SAMPLE.later] }) })),
    errors: ["forbidden", "unauthenticated", "token_expired"],
  },
  ping: {
    summary: "Say that you are there",
    description:
      "Anything sent counts; this is for when there is nothing else to say. The answer comes behind all that " +
      "the server had sent before. Allowed before `resume`.",
    answers: [{ event: "pong", data: z.object({}) }],
  },
  join_conversation: {
    summary: "This connection has the conversation open",
    description:
      "From now on it gets what passes there: who types, comes and goes, and has read how far. The answer is " +
      "how these stand, of up to 100 members. It moves no cursor.",
    answers: [{ event: "joined_conversation", data: joined, scope: "change" }],
    errors: ["not_found"],
  },
  leave_conversation: {
    summary: "This connection has the conversation no longer open",
    description: "Messages and other changes of it come all the same.",
    answers: acknowledged(),
    errors: ["not_found"],
  },
  watch_presence: {
    summary: "Hear when these users come and go",
    description:
      "Up to 200 contacts, or people with whom you share a conversation; others are left out of the answer. " +
      "Replaces the earlier set.",
    answers: acknowledged(z.object({ presence: z.array(presence) })),
  },
  typing_start: {
    summary: "The user types",
    description:
      "Told to those who have the conversation open, once a second at most, and over after 6 s without " +
      "another one. Not answered, unless it fails.",
    answers: [],
    errors: ["not_found"],
  },
  file_upload_progress: {
    summary: "A file that the user brings has come so far",
    description:
      "Told to those who have the conversation open, five times a second at most. Not answered, unless it fails.",
    answers: [],
    errors: ["not_found"],
  },
  typing_stop: {
    summary: "The user types no longer",
    description: "Not answered, unless it fails.",
    answers: [],
    errors: ["not_found"],
  },
} as const satisfies Record<string, CommandDoc>;

/** The hub's own commands. */
export type HubEvent = keyof typeof HUB_DOCS;
