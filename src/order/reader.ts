import { notFound } from "../kernel/errors.ts";
import type { Store, Where } from "../ports/store.ts";
import type { Conversation, Message, Participant } from "./records.ts";
import { conversations, messages, participantId, participants } from "./records.ts";

/** The records of a user's memberships; a conversation among them may have ended. */
export async function readOwnRecords(store: Store, userId: string): Promise<Participant[]> {
  return await store.find(participants, { where: { userId, left: false } });
}

/** A conversation as one of its members sees it. */
export interface Membership {
  readonly head: Conversation;
  readonly participant: Participant;
}

/** The conversations of these ids that have not ended; unordered. */
export async function readHeads(store: Store, ids: readonly string[]): Promise<Conversation[]> {
  return (await store.heads(conversations, ids)).filter((head) => head.endedAt === null);
}

/**
 * Whether the user is a member, asked at this moment. Throws `not_found` for someone who is not, as for a
 * conversation that does not exist.
 */
export async function readMembership(
  store: Store,
  conversationId: string,
  userId: string,
): Promise<Membership> {
  const [head] = await readHeads(store, [conversationId]);
  if (!head) throw notFound();
  const where = { id: participantId(conversationId, userId) };
  const [participant] = await store.find(participants, { where }, [head]);
  if (!participant || participant.left) throw notFound();
  return { head, participant };
}

/**
 * The messages that changed with `after < rev <= head.rev`, in order of `rev` and in their present state; numbers
 * missing between are superseded by later states. `undefined` when there are more than `limit`. What retention
 * has stripped is left out: it lies before the head's `firstSeq`.
 */
export async function readChanges(
  store: Store,
  head: Conversation,
  after: number,
  limit: number,
): Promise<Message[] | undefined> {
  if (after >= head.rev) return [];
  const where = { conversationId: head.id, rev: { gt: after, lte: head.rev } };
  const found = await store.find(messages, { where, order: [["rev", "asc"]], limit: limit + 1 }, [head]);
  return found.length > limit ? undefined : found.filter((message) => message.seq >= head.firstSeq);
}

/** Where a page of members ended. */
export interface MemberPosition {
  readonly joinedRev: number;
  readonly userId: string;
}

/** Members' records, longest-standing first, those who came together by user id; `after` ends the page before. */
export async function readMembers(
  store: Store,
  head: Conversation,
  limit: number,
  after?: MemberPosition,
): Promise<Participant[]> {
  const members = { conversationId: head.id, left: false };
  const order = [["joinedRev", "asc"], ["userId", "asc"]] as const;
  const read = (where: Where<Participant>, count: number) =>
    store.find(participants, { where: { ...members, ...where }, order, limit: count }, [head]);
  if (!after) return await read({}, limit);
  const together = await read({ joinedRev: after.joinedRev, userId: { gt: after.userId } }, limit);
  if (together.length === limit) return together;
  return [...together, ...await read({ joinedRev: { gt: after.joinedRev } }, limit - together.length)];
}
