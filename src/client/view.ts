import type { ConversationView, MessageView } from "./wire.ts";

/** A conversation's view after a message came to be or changed; the server tells the view itself only when its own fields change. */
export function afterMessage(
  view: ConversationView,
  message: MessageView,
  rev: number,
  me: string,
): ConversationView {
  if (rev <= view.rev) return view;
  const { seq, senderId, content, createdAt, updatedAt } = message;
  const isLast = seq >= view.seq;
  const isNew = seq > view.seq;
  const isRead = isNew && senderId === me && (content.type !== "system" || view.lastReadSeq === seq - 1);
  return readTo({
    ...view,
    rev,
    seq: Math.max(view.seq, seq),
    updatedAt: updatedAt > view.updatedAt ? updatedAt : view.updatedAt,
    ...(isLast &&
      { lastMessage: { content: content.text, senderId, sentAt: createdAt, type: content.type } }),
  }, isRead ? seq : 0);
}

/** A view of which at least everything up to `seq` is read. */
export function readTo(view: ConversationView, seq: number): ConversationView {
  const lastReadSeq = Math.max(view.lastReadSeq, Math.min(seq, view.seq));
  const unread = view.seq - lastReadSeq;
  return lastReadSeq === view.lastReadSeq && unread === view.unread ? view : { ...view, lastReadSeq, unread };
}

/** The server's list: the latest activity first. */
export function byActivity(a: ConversationView, b: ConversationView): number {
  return a.updatedAt === b.updatedAt ? (a.id < b.id ? -1 : 1) : a.updatedAt < b.updatedAt ? 1 : -1;
}
