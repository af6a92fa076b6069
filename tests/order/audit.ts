import { readHeads } from "../../src/order/reader.ts";
import type { Conversation, Message, Participant } from "../../src/order/records.ts";
import { messages, participants } from "../../src/order/records.ts";
import type { Store } from "../../src/ports/store.ts";
import { CAME, WENT } from "./changes.ts";
import type { Ledger, Received } from "./ledger.ts";
import { stateOf } from "./ledger.ts";
import type { Reader } from "./reader.ts";

/** A conversation as someone reads it who knows nothing of it. */
export interface Fresh {
  readonly head: Conversation;
  /** All of them, also those that retention has stripped, by `seq`. */
  readonly messages: readonly Message[];
  readonly participants: readonly Participant[];
}

export async function readFresh(store: Store, conversationId: string): Promise<Fresh> {
  const [head] = await readHeads(store, [conversationId]);
  if (!head) throw new Error("the conversation is gone");
  const where = { conversationId };
  return {
    head,
    messages: await store.find(messages, { where, order: [["seq", "asc"]] }, [head]),
    participants: await store.find(participants, { where }, [head]),
  };
}

/** Notes every promise that a conversation's last state breaks. */
export function audit(fresh: Fresh, ledger: Ledger): void {
  auditNumbers(fresh, ledger);
  auditAnswers(fresh, ledger);
  auditMembers(fresh, ledger);
  for (const message of fresh.messages) ledger.saw(message);
}

function auditNumbers({ head, messages }: Fresh, ledger: Ledger): void {
  const seqs = messages.map(({ seq }) => seq);
  if (seqs.length !== head.seq || seqs.some((seq, i) => seq !== i + 1)) {
    ledger.fault(`places up to ${head.seq}: ${seqs}`);
  }
  const beyond = messages.filter(({ rev }) => rev > head.rev);
  if (beyond.length > 0) ledger.fault(`${beyond.length} messages are newer than the head`);
  const firsts = messages.map(({ firstRev }) => firstRev);
  if (firsts.some((rev, i) => i > 0 && rev <= (firsts[i - 1] ?? 0))) {
    ledger.fault(`places out of order: ${firsts}`);
  }
}

function auditAnswers({ messages }: Fresh, ledger: Ledger): void {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const clientIds = messages.flatMap(({ clientId }) => clientId ?? []);
  if (new Set(clientIds).size !== clientIds.length) ledger.fault(`doubled: ${clientIds}`);
  for (const [clientId, { id }] of ledger.acknowledged) {
    if (byId.get(id)?.clientId !== clientId) {
      ledger.fault(`${clientId} was acknowledged as ${id} and is lost`);
    }
  }
  for (const { id, rev } of ledger.changed.values()) {
    const found = byId.get(id)?.rev ?? 0;
    if (found < rev) ledger.fault(`${id} was answered at ${rev} and is at ${found}`);
  }
}

/** Counters agree with the records, and nobody has spoken or heard while being no member. */
function auditMembers({ head, messages, participants }: Fresh, ledger: Ledger): void {
  const present = participants.filter(({ left }) => !left);
  const admins = present.filter(({ role }) => role === "admin");
  if (head.memberCount !== present.length) ledger.fault(`${present.length} members, not ${head.memberCount}`);
  if (head.adminCount !== admins.length) ledger.fault(`${admins.length} admins, not ${head.adminCount}`);
  const moves = messages.filter(({ clientId }) => clientId === null);
  // Who came or went did so by the change before the message that says so.
  const isMember = (userId: string, rev: number) =>
    moves.findLast(({ digest, firstRev }) => digest.endsWith(`:${userId}`) && firstRev - 1 <= rev)?.digest !==
      WENT + userId;
  // Who has come back by then may see what was before.
  const cameBack = ({ userId, rev, at }: Received) =>
    moves.some(({ digest, firstRev, createdAt }) =>
      digest === CAME + userId && firstRev > rev && Date.parse(createdAt) < at
    );
  for (const { clientId, senderId, firstRev } of messages) {
    if (clientId !== null && !isMember(senderId, firstRev)) ledger.fault(`${senderId} spoke at ${firstRev}`);
  }
  for (const received of ledger.received) {
    const { userId, event, rev } = received;
    if (event === "conversation_removed" || isMember(userId, rev) || cameBack(received)) continue;
    ledger.fault(`${userId} heard ${event} at ${rev}`);
  }
  for (const { userId, left } of participants) {
    const last = moves.findLast(({ digest }) => digest.endsWith(`:${userId}`));
    if (last && left !== (last.digest !== CAME + userId)) {
      ledger.fault(`${userId} is ${last.digest}, left ${left}`);
    }
  }
}

/** Notes where a reader who has everything has something else than a fresh read gives. */
export function compare(reader: Reader, { head, messages, participants }: Fresh, ledger: Ledger): void {
  const member = participants.some(({ userId, left }) => userId === reader.userId && !left);
  if (reader.cursor !== (member ? head.rev : undefined)) {
    return ledger.fault(`${reader.userId} stands at ${reader.cursor}, not ${head.rev} (member: ${member})`);
  }
  if (!member) return;
  const expected = messages.filter(({ seq }) => seq >= head.firstSeq).map(stateOf);
  const kept = reader.kept().map(stateOf);
  const missing = expected.filter((state) => !kept.includes(state));
  const wrong = kept.filter((state) => !expected.includes(state));
  if (missing.length + wrong.length > 0) {
    ledger.fault(`${reader.userId} misses ${missing}, and has instead ${wrong}`);
  }
  const info = reader.conversation?.infoRev;
  if (info !== undefined && info !== head.infoRev) {
    ledger.fault(`${reader.userId} knows the conversation of ${info}, not of ${head.infoRev}`);
  }
}
