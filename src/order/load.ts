import type { Loaded } from "./draft.ts";
import type { Conversation, Message, Participant } from "./records.ts";
import { dedupeKey, messages, participantId, participants } from "./records.ts";
import type { Change, WriterStore } from "./plan.ts";

/** Members that a lane keeps at hand; beyond, it forgets them all and reads anew those that it needs. */
const MAX_MEMBERS = 1_000;

/**
 * Reads what the changes need to see, and the `further` members. `known` holds the members whose records are certain
 * under this head, and those that are read are added to it; only what commits change of them may be relied on, since
 * patches made beside commits are not seen.
 */
export async function load(
  store: WriterStore,
  head: Conversation,
  changes: readonly Change<unknown>[],
  further: readonly string[],
  known: Map<string, Participant>,
): Promise<Loaded> {
  const [members, found] = await Promise.all([
    loadParticipants(
      store,
      head,
      [...further, ...changes.flatMap((change) => change.participants ?? [])],
      known,
    ),
    loadMessages(store, head, changes),
  ]);
  return { head, participants: members, messages: found };
}

async function loadParticipants(
  store: WriterStore,
  head: Conversation,
  wanted: readonly string[],
  known: Map<string, Participant>,
): Promise<ReadonlyMap<string, Participant>> {
  if (known.size > MAX_MEMBERS) known.clear();
  const missing = new Set(wanted.filter((userId) => !known.has(userId)));
  if (missing.size === 0) return known;
  const ids = [...missing].map((userId) => participantId(head.id, userId));
  for (const participant of await store.find(participants, { where: { id: { in: ids } } })) {
    known.set(participant.userId, participant);
  }
  return known;
}

async function loadMessages(
  store: WriterStore,
  head: Conversation,
  changes: readonly Change<unknown>[],
): Promise<Message[]> {
  const ids = changes.flatMap((change) => change.messages ?? []);
  const keys = changes.flatMap((change) =>
    (change.clientIds ?? []).map(([sender, id]) => dedupeKey(sender, id))
  );
  const conversationId = head.id;
  const [byId, byKey] = await Promise.all([
    ids.length ? store.find(messages, { where: { id: { in: ids }, conversationId } }) : [],
    keys.length ? store.find(messages, { where: { conversationId, dedupe: { in: keys } } }) : [],
  ]);
  return [...byId, ...byKey];
}
