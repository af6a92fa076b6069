import type { Message } from "./records.ts";

// Upper bounds of what writes take up as JSON in UTF-8, in bytes. They are far cheaper than encoding a write to measure
// it; a test holds them against what is really written.

/** A member's record. */
export const MEMBER_BYTES = 700;
/** A patch of a member's record. */
export const MEMBER_PATCH_BYTES = 400;
/** The patch that strips a message. */
export const STRIP_BYTES = 600;

/** A message without its text, its lists and its metadata. */
const MESSAGE_BYTES = 900;
/** One reaction: the longest emoji takes 35 bytes, a user's id 26. */
const REACTION_BYTES = 128;
/** One mention: a user's id in quotes, with room to spare. */
const MENTION_BYTES = 40;
/** A control character, which JSON writes as `\u0001`; nothing takes more for each UTF-16 unit. */
const TEXT_UNIT_BYTES = 6;
/** A UTF-16 unit of what is JSON already. */
const JSON_UNIT_BYTES = 3;

/** What a message, or a patch of one, takes up at most. */
export function messageBytes({ content: { text, metadata }, reactions, mentions }: Message): number {
  const units = Object.keys(metadata).length > 0 ? JSON.stringify(metadata).length : 0;
  return MESSAGE_BYTES + text.length * TEXT_UNIT_BYTES + units * JSON_UNIT_BYTES +
    reactions.length * REACTION_BYTES + mentions.length * MENTION_BYTES;
}
