import { notFound, ParleyError } from "../../kernel/errors.ts";
import { iso } from "../../kernel/clock.ts";
import { messagePlace } from "../../kernel/ids.ts";
import { conversationTopic } from "../../order/changes.ts";
import type { ReceiptSignal } from "../../order/changes.ts";
import { readMembership } from "../../order/reader.ts";
import type { Membership } from "../../order/reader.ts";
import { participants } from "../../order/records.ts";
import type { MarkReadBody } from "./schema.ts";
import type { Messages } from "./service.ts";

/** Up to where someone has got; `origin` is the connection that says so. */
interface Receipt {
  readonly conversationId: string;
  readonly seq: number;
  readonly origin?: string;
}

/**
 * The caller has read everything up to the highest of the places and messages named, or all there is when none is
 * named; an empty list names nothing to be read. Never goes back. Throws `not_found`, also for a message of another
 * conversation, and `beyond_head`.
 */
export async function markRead(
  messages: Messages,
  userId: string,
  { conversationId, messageIds, seq, origin }: MarkReadBody & { readonly origin?: string },
): Promise<void> {
  const places = (messageIds ?? []).map((id) => placeIn(conversationId, id));
  if (seq !== undefined) places.push(seq);
  const wanted = places.length > 0 || messageIds ? Math.max(0, ...places) : undefined;
  const { head, participant } = await reach(messages, conversationId, userId, wanted ?? 0);
  const upTo = wanted ?? head.seq;
  if (upTo <= participant.lastReadSeq) return;
  const lastReadAt = iso(messages.clock.now());
  await raise(messages, participant.id, { lastReadSeq: upTo, lastDeliveredSeq: upTo, lastReadAt });
  announce(messages, "messages_read", userId, { conversationId, seq: upTo, origin });
}

/** Everything up to `seq` has reached the caller. Never goes back. Throws `not_found`, `beyond_head`. */
export async function markDelivered(messages: Messages, userId: string, receipt: Receipt): Promise<void> {
  const { conversationId, seq } = receipt;
  const { participant } = await reach(messages, conversationId, userId, seq);
  if (seq <= participant.lastDeliveredSeq) return;
  await raise(messages, participant.id, { lastDeliveredSeq: seq });
  announce(messages, "messages_delivered", userId, receipt);
}

/** The membership in a conversation that has come as far as `seq`. Throws `not_found`, `beyond_head`. */
async function reach(
  { store, writer }: Messages,
  conversationId: string,
  userId: string,
  seq: number,
): Promise<Membership> {
  const membership = await readMembership(store, conversationId, userId);
  if (seq <= membership.head.seq) return membership;
  // What the caller sent just before may be on its way: looked at again behind all that is queued.
  await writer.write(conversationId, {
    participants: [userId],
    plan: (draft) => draft.requireMember(userId),
  });
  const later = await readMembership(store, conversationId, userId);
  if (seq > later.head.seq) throw new ParleyError("beyond_head");
  return later;
}

async function raise(
  { store }: Messages,
  id: string,
  marks: { lastReadSeq?: number; lastDeliveredSeq?: number; lastReadAt?: string },
): Promise<void> {
  if (!await store.patch(participants, id, { raise: marks }, { left: false })) throw notFound();
}

function announce({ bus }: Messages, event: ReceiptSignal["event"], userId: string, receipt: Receipt): void {
  const signal: ReceiptSignal = { kind: "receipt", event, userId, ...receipt };
  bus.publish(conversationTopic(receipt.conversationId), signal);
}

function placeIn(conversationId: string, messageId: string): number {
  const place = messagePlace(messageId);
  if (place?.conversationId !== conversationId) throw notFound();
  return place.seq;
}
