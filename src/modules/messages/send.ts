import { notFound, ParleyError } from "../../kernel/errors.ts";
import { messagePlace } from "../../kernel/ids.ts";
import type { Draft } from "../../order/draft.ts";
import type { Message, MessageContent } from "../../order/records.ts";
import type { ContentRequest } from "./content.ts";
import { readContent, requestDigest, textType } from "./content.ts";
import { Lookup } from "./lookup.ts";
import type { MessageView, SendBody } from "./schema.ts";
import type { Messages, Outcome } from "./service.ts";
import { kept, showOutcome } from "./service.ts";

/** A message, and whether this call made it or found it made by an earlier one. */
export interface Sent {
  readonly message: MessageView;
  readonly made: boolean;
}

/**
 * Says something in a conversation, once: a call with the same `clientId` and the same request is answered with the
 * message that the first one made, as it is now. Takes its place in the order of the calls.
 *
 * Throws `invalid_request`; `not_found` for a conversation that the caller is no member of and an answered message
 * that is not there; `message_deleted` for one that is deleted; `idempotency_conflict` when the `clientId` was used
 * for another request; `forbidden` between two of whom one has blocked the other; `overloaded` when this node stood
 * still for minutes while it made the message of a file.
 */
export async function send(messages: Messages, userId: string, body: SendBody): Promise<Sent> {
  const { conversationId, clientId, replyTo = null } = body;
  const request = readContent(body.content, messages.maxTextLength);
  if (replyTo !== null && messagePlace(replyTo)?.conversationId !== conversationId) throw notFound();
  const digest = requestDigest(clientId, request, replyTo);
  const lookup = new Lookup(messages, userId, clientId, request);
  const outcome = await messages.writer.write<Outcome>(conversationId, {
    participants: [userId],
    clientIds: [[userId, clientId]],
    messages: replyTo === null ? undefined : [replyTo],
    prepare: lookup.neededIn(conversationId) ? (head) => lookup.run(head) : undefined,
    plan(draft) {
      draft.requireMember(userId);
      const earlier = draft.sent(userId, clientId);
      if (earlier) return { record: sameRequest(earlier, digest), head: draft.head, changed: false };
      if (lookup.refusal) throw lookup.refusal;
      if (Date.parse(draft.now) >= lookup.until) throw new ParleyError("overloaded");
      if (replyTo !== null && kept(draft, replyTo).isDeleted) throw new ParleyError("message_deleted");
      const mentions = members(draft, lookup.mentioned);
      const content = { ...stored(request), metadata: lookup.metadata };
      const record = draft.addMessage({ senderId: userId, clientId, digest, content, replyTo, mentions });
      return { record, head: draft.head, changed: true };
    },
  });
  const { record, changed } = outcome;
  if (changed && request.uploadId !== null) await messages.uploads?.attach(request.uploadId, record);
  return { message: await showOutcome(messages, outcome), made: changed };
}

/** Those of the users looked up who are members. */
export function members(draft: Draft, userIds: readonly string[]): readonly string[] {
  return userIds.length === 0 ? userIds : userIds.filter((id) => draft.member(id) !== undefined);
}

function sameRequest(earlier: Message, digest: string): Message {
  if (earlier.digest !== digest) throw new ParleyError("idempotency_conflict");
  return earlier;
}

function stored({ type, text }: ContentRequest): Pick<MessageContent, "type" | "text"> {
  return { type: type === "text" ? textType(text) : type, text };
}
