import { notFound, ParleyError } from "../../kernel/errors.ts";
import { messagePlace } from "../../kernel/ids.ts";
import type { Draft } from "../../order/draft.ts";
import type { Conversation, Message } from "../../order/records.ts";
import type { ContentRequest } from "./content.ts";
import { readContent, requestDigest, textType } from "./content.ts";
import { mentionedNames } from "./mentions.ts";
import type { MessageView, SendBody } from "./schema.ts";
import type { Messages, Outcome } from "./service.ts";
import { actor, kept, showOutcome } from "./service.ts";

/** A message, and whether this call made it or found it made by an earlier one. */
export interface Sent {
  readonly message: MessageView;
  readonly made: boolean;
}

/** What a plan needs from outside the conversation. */
interface Lookup {
  mentioned: readonly string[];
  metadata: Message["content"]["metadata"];
  /** Why nothing new can be said; a retry is answered all the same. */
  refusal?: unknown;
}

const NO_METADATA = {};

/**
 * Says something in a conversation, once: a call with the same `clientId` and the same request is answered with the
 * message that the first one made, as it is now. Takes its place in the order of the calls.
 *
 * Throws `invalid_request`; `not_found` for a conversation that the caller is no member of and an answered message
 * that is not there; `message_deleted` for one that is deleted; `idempotency_conflict` when the `clientId` was used
 * for another request; `forbidden` between two of whom one has blocked the other.
 */
export async function send(messages: Messages, userId: string, body: SendBody): Promise<Sent> {
  const { conversationId, clientId, replyTo = null } = body;
  const request = readContent(body.content, messages.maxTextLength);
  if (replyTo !== null && messagePlace(replyTo)?.conversationId !== conversationId) throw notFound();
  const digest = requestDigest(clientId, request, replyTo);
  const names = mentionedNames(request.text);
  const found: Lookup = { mentioned: [], metadata: NO_METADATA };
  const needsLookup = names.length > 0 || request.uploadId !== null ||
    !messages.directs.isGroup(conversationId);
  const outcome = await messages.writer.write<Outcome>(conversationId, {
    participants: [userId],
    clientIds: [[userId, clientId]],
    messages: replyTo === null ? undefined : [replyTo],
    prepare: needsLookup ? (head) => lookUp(messages, userId, request, names, head, found) : undefined,
    plan(draft) {
      actor(draft, userId);
      const earlier = draft.sent(userId, clientId);
      if (earlier) return { record: sameRequest(earlier, digest), head: draft.head, changed: false };
      if (found.refusal) throw found.refusal;
      if (replyTo !== null && kept(draft, replyTo).isDeleted) throw new ParleyError("message_deleted");
      const mentions = members(draft, found.mentioned);
      const content = contentOf(request, found);
      const record = draft.addMessage({ senderId: userId, clientId, digest, content, replyTo, mentions });
      return { record, head: draft.head, changed: true };
    },
  });
  return { message: await showOutcome(messages, outcome), made: outcome.changed };
}

/** Those of the users looked up who are members. */
export function members(draft: Draft, userIds: readonly string[]): readonly string[] {
  return userIds.length === 0 ? userIds : userIds.filter((id) => draft.member(id) !== undefined);
}

/** The ids of the users that a text names, unknown names left out. */
export async function lookUpMentions(messages: Messages, names: readonly string[]): Promise<string[]> {
  return names.length === 0 ? [] : [...(await messages.people.byUsernames(names)).values()];
}

function sameRequest(earlier: Message, digest: string): Message {
  if (earlier.digest !== digest) throw new ParleyError("idempotency_conflict");
  return earlier;
}

function contentOf({ type, text }: ContentRequest, { metadata }: Lookup): Message["content"] {
  return { type: type === "text" ? textType(text) : type, text, metadata };
}

async function lookUp(
  messages: Messages,
  userId: string,
  request: ContentRequest,
  names: readonly string[],
  head: Conversation,
  found: Lookup,
): Promise<readonly string[]> {
  const [mentioned, metadata, blocked] = await Promise.allSettled([
    lookUpMentions(messages, names),
    lookUpUpload(messages, userId, request, head.id),
    isBlocked(messages, userId, head),
  ]);
  const failed = [mentioned, metadata, blocked].find((result) => result.status === "rejected");
  found.refusal = failed?.reason;
  if (mentioned.status === "fulfilled") found.mentioned = mentioned.value;
  if (metadata.status === "fulfilled") found.metadata = metadata.value;
  if (blocked.status === "fulfilled" && blocked.value) found.refusal = new ParleyError("forbidden");
  return found.mentioned;
}

async function lookUpUpload(
  { uploads }: Messages,
  userId: string,
  request: ContentRequest,
  conversationId: string,
): Promise<Message["content"]["metadata"]> {
  const { uploadId } = request;
  if (uploadId === null) return NO_METADATA;
  if (uploads) return await uploads.resolve({ ...request, uploadId }, userId, conversationId);
  const errors = [{ field: "content.type", message: "Uploads are not available" }];
  throw new ParleyError("invalid_request", undefined, { errors });
}

async function isBlocked(
  { directs, people }: Messages,
  userId: string,
  head: Conversation,
): Promise<boolean> {
  const other = await directs.other(head, userId);
  return head.type === "direct" && other !== undefined && await people.blocked(userId, other);
}
