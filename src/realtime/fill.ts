import type { StreamChange } from "../order/changes.ts";
import type { Conversation, Message } from "../order/records.ts";
import { messages, participantId, participants } from "../order/records.ts";
import type { Store } from "../ports/store.ts";

/** A part of what a room has missed; the room then stands at `rev`. */
export interface Filling {
  readonly rev: number;
  readonly changes: readonly StreamChange[];
}

/** Messages that are read at once. */
const PAGE = 500;

/**
 * Reads what happened with `position < rev <= head.rev`, in order, in parts. Messages come in their present state;
 * numbers that are missing are superseded. Of `users`, those who have been removed are told at the `rev` of their
 * removal, so that they get nothing later.
 */
export async function* readFilling(
  store: Store,
  head: Conversation,
  position: number,
  users: ReadonlySet<string>,
): AsyncGenerator<Filling> {
  const own = head.infoRev > position ? await ownChanges(store, head, position, users) : [];
  for (let at = position; at < head.rev;) {
    const where = { conversationId: head.id, rev: { gt: at, lte: head.rev } };
    const found = await store.find(messages, { where, order: [["rev", "asc"]], limit: PAGE }, [head]);
    const rev = found.length === PAGE ? found.at(-1)?.rev ?? head.rev : head.rev;
    const kept = found.filter((message) => message.seq >= head.firstSeq);
    const between = own.filter((change) => change.rev > at && change.rev <= rev);
    const changes = [...between, ...kept.map((message) => changeOf(message, position))];
    yield { rev, changes: changes.sort((a, b) => a.rev - b.rev) };
    at = rev;
  }
}

/** The removals of these users and the newest change of the conversation itself. */
async function ownChanges(
  store: Store,
  head: Conversation,
  position: number,
  users: ReadonlySet<string>,
): Promise<StreamChange[]> {
  const removed = new Map<number, string[]>([[head.infoRev, []]]);
  if (head.membersRev > position) {
    const ids = [...users].map((userId) => participantId(head.id, userId));
    for (const participant of await store.find(participants, { where: { id: { in: ids } } }, [head])) {
      const { left, memberRev, userId } = participant;
      if (left) removed.set(memberRev, [...removed.get(memberRev) ?? [], userId]);
    }
  }
  return [...removed].map(([rev, left]) => ({
    rev,
    event: "conversation",
    members: { added: [], removed: left, changed: [] },
    superseded: rev !== head.infoRev,
  }));
}

/** What a message that changed after `position` is to those who stand there. */
function changeOf(message: Message, position: number): StreamChange {
  const { rev, isDeleted, firstRev } = message;
  const event = isDeleted ? "message_deleted" : firstRev > position ? "new_message" : "message_edited";
  return { rev, event, message };
}
