import { notFound } from "../../kernel/errors.ts";
import { messagePlace } from "../../kernel/ids.ts";
import { readMembership } from "../../order/reader.ts";
import type { Conversation, Message } from "../../order/records.ts";
import { messages as records } from "../../order/records.ts";
import type { HistoryQuery, HistoryView, MessageView } from "./schema.ts";
import type { Messages } from "./service.ts";
import { only } from "./service.ts";

/** Places of a conversation, both ends included; nothing when `first` is beyond `last`. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/**
 * A stretch of a conversation, oldest first: the page of a number, counted from the newest (without the deleted
 * messages), or what lies before, after or around a place (with them, blank). Throws `not_found`.
 */
export async function readHistory(
  messages: Messages,
  userId: string,
  conversationId: string,
  asked: HistoryQuery,
): Promise<HistoryView> {
  const query = continued(asked);
  const { head } = await readMembership(messages.store, conversationId, userId);
  const { limit, before, after, around } = query;
  const { first, last } = stretchOf(head, query);
  const found = await readStretch(messages, head, { first, last });
  const show = (shown: readonly Message[]) => messages.views.show(head, shown);
  if (before !== undefined) {
    return {
      messages: await show(found),
      pagination: cursor(limit, first > head.firstSeq && last >= first, first),
    };
  }
  if (after !== undefined) {
    return { messages: await show(found), pagination: cursor(limit, last < head.seq && last >= first, last) };
  }
  if (around !== undefined) {
    const pagination = { limit, hasMoreBefore: first > head.firstSeq, hasMoreAfter: last < head.seq };
    return { messages: await show(found), pagination };
  }
  const total = head.seq - head.firstSeq + 1;
  const pagination = { page: query.page ?? 1, limit, total, pages: Math.ceil(total / limit) };
  return { messages: await show(found.filter((message) => !message.isDeleted)), pagination };
}

/** One message, with everyone who has read it. Throws `not_found`. */
export async function readMessage(
  messages: Messages,
  userId: string,
  messageId: string,
): Promise<MessageView> {
  const place = messagePlace(messageId);
  if (!place) throw notFound();
  const { head } = await readMembership(messages.store, place.conversationId, userId);
  const { seq } = place;
  const [record] = await readStretch(messages, head, clipped(head, seq, seq));
  if (!record || record.id !== messageId) throw notFound();
  return only(await messages.views.show(head, [record], "all"));
}

/** A cursor is where the page before ended, in the direction of that page. */
function continued({ cursor, ...query }: HistoryQuery): HistoryQuery {
  if (cursor === undefined) return query;
  return query.before === undefined ? { ...query, after: cursor } : { ...query, before: cursor };
}

function stretchOf(head: Conversation, { limit, page = 1, before, after, around }: HistoryQuery): Stretch {
  if (before !== undefined) return endingAt(head, Math.min(before - 1, head.seq), limit);
  if (after !== undefined) {
    const first = Math.max(after + 1, head.firstSeq);
    return clipped(head, first, first + limit - 1);
  }
  if (around !== undefined) {
    const first = around - Math.floor(limit / 2);
    return clipped(head, first, first + limit - 1);
  }
  return endingAt(head, head.seq - (page - 1) * limit, limit);
}

function endingAt(head: Conversation, last: number, limit: number): Stretch {
  return clipped(head, last - limit + 1, last);
}

function clipped(head: Conversation, first: number, last: number): Stretch {
  return { first: Math.max(first, head.firstSeq), last: Math.min(last, head.seq) };
}

async function readStretch(
  { store }: Messages,
  head: Conversation,
  { first, last }: Stretch,
): Promise<Message[]> {
  if (first > last) return [];
  const where = { conversationId: head.id, seq: { gte: first, lte: last } };
  return await store.find(records, { where, order: [["seq", "asc"]] }, [head]);
}

function cursor(limit: number, hasMore: boolean, place: number): HistoryView["pagination"] {
  return { limit, hasMore, nextCursor: hasMore ? String(place) : null };
}
