import { ParleyError } from "../../kernel/errors.ts";
import type { Draft } from "../../order/draft.ts";
import { readHeads } from "../../order/reader.ts";
import type { Conversation, Message } from "../../order/records.ts";
import { BLANK, messages as records } from "../../order/records.ts";
import { checkText, textType, uploadIdOf } from "./content.ts";
import { refusalIn, usersNamed } from "./lookup.ts";
import { mentionedNames } from "./mentions.ts";
import type { MessageView } from "./schema.ts";
import { members } from "./send.ts";
import type { Messages, Outcome, Uploads } from "./service.ts";
import { conversationOf, kept, showOutcome } from "./service.ts";

/** How long a message can be edited. */
export const EDIT_WINDOW_MS = 15 * 60 * 1000;

/**
 * Gives a message another text. The same text again changes nothing.
 *
 * Throws `invalid_request`; `not_found` for who is no member; `forbidden` for anyone but the sender, for system
 * messages, and between two of whom one has blocked the other; `message_deleted`; `message_too_old` after 15 minutes.
 */
export async function edit(
  messages: Messages,
  userId: string,
  messageId: string,
  text: string,
): Promise<MessageView> {
  checkText(text, messages.maxTextLength);
  const names = mentionedNames(text);
  const conversationId = conversationOf(messageId);
  let mentioned: readonly string[] = [];
  let refusal: unknown;
  const outcome = await messages.writer.write<Outcome>(conversationId, {
    participants: [userId],
    messages: [messageId],
    prepare: names.length === 0 && messages.directs.isGroup(conversationId) ? undefined : async (head) => {
      [mentioned, refusal] = await Promise.all([
        usersNamed(messages.people, names),
        refusalIn(messages, head, userId),
      ]);
      return mentioned;
    },
    plan(draft) {
      draft.requireMember(userId);
      const message = editable(draft, userId, kept(draft, messageId));
      if (message.content.text === text) return { record: message, head: draft.head, changed: false };
      if (refusal) throw refusal;
      const record = draft.changeMessage(message, "message_edited", {
        content: { ...message.content, type: editedType(message, text), text },
        mentions: members(draft, mentioned),
        isEdited: true,
        editedAt: draft.now,
      });
      return { record, head: draft.head, changed: true };
    },
  });
  return await showOutcome(messages, outcome);
}

/**
 * Deletes a message: its record stays in its place, its content is gone. Deleting it again changes nothing.
 *
 * Throws `not_found` for who is no member; `forbidden` for system messages, and for anyone but the sender and a
 * group's admins and moderators.
 */
export async function remove(messages: Messages, userId: string, messageId: string): Promise<void> {
  const { uploads } = messages;
  const uploadId = await messages.writer.write<string | undefined>(conversationOf(messageId), {
    participants: [userId],
    messages: [messageId],
    prepare: uploads && ((head) => doomUpload(messages, uploads, head, messageId)),
    plan(draft) {
      const { role } = draft.requireMember(userId);
      const message = kept(draft, messageId);
      const moderates = draft.head.type === "group" && role !== "member";
      if (message.clientId === null || (message.senderId !== userId && !moderates)) {
        throw new ParleyError("forbidden");
      }
      if (message.isDeleted) return undefined;
      draft.changeMessage(message, "message_deleted", { ...BLANK, isDeleted: true, deletedAt: draft.now });
      return uploadIdOf(message.content);
    },
  });
  if (uploadId !== undefined) await uploads?.messageDeleted(uploadId);
}

/** Notes beforehand that the message's file goes with it, if it is one. */
async function doomUpload(
  { store }: Messages,
  uploads: Uploads,
  head: Conversation,
  messageId: string,
): Promise<readonly string[]> {
  const [present] = await readHeads(store, [head.id]);
  const [message] = present ? await store.find(records, { where: { id: messageId } }, [present]) : [];
  const uploadId = message && uploadIdOf(message.content);
  if (uploadId !== undefined) await uploads.doom(uploadId);
  return [];
}

function editable(draft: Draft, userId: string, message: Message): Message {
  if (message.clientId === null || message.senderId !== userId) throw new ParleyError("forbidden");
  if (message.isDeleted) throw new ParleyError("message_deleted");
  const age = Date.parse(draft.now) - Date.parse(message.createdAt);
  if (age > EDIT_WINDOW_MS) throw new ParleyError("message_too_old");
  return message;
}

/** The text under a picture leaves it a picture. */
function editedType({ content: { type } }: Message, text: string): Message["content"]["type"] {
  return type === "text" || type === "emoji" ? textType(text) : type;
}
