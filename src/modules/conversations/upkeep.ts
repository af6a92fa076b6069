import { iso } from "../../kernel/clock.ts";
import type { WriterStore } from "../../order/plan.ts";
import { conversations, messages, participants } from "../../order/records.ts";
import type { Conversation, Message } from "../../order/records.ts";
import type { Store, Where } from "../../ports/store.ts";
import type { ConversationDeps } from "./deps.ts";

const DAY_MS = 86_400_000;

/**
 * How long what has ended is kept, in milliseconds: a node that stalled while it applied an earlier commit must be
 * done before the records go, lest it bring one back.
 */
export const PURGE_AFTER_MS = 600_000;

/** Messages that one change strips. */
const STRIP_BATCH = 100;
/** Conversations read at a time. */
const HEADS = 100;

/**
 * Deletes what conversations ended before `now - PURGE_AFTER_MS` have left, up to `limit` records: messages, then
 * members, then the head, so that a crash leaves a head to find the rest by. Answers how many; less than `limit`
 * when nothing is left to do.
 */
export async function purgeEnded(
  { store, files }: Pick<ConversationDeps, "store" | "files">,
  now: number,
  limit: number,
): Promise<number> {
  const where = { endedAt: { gte: "", lt: iso(now - PURGE_AFTER_MS) } };
  const order = [["endedAt", "asc"], ["id", "asc"]] as const;
  let deleted = 0;
  for (;;) {
    const heads = await store.find(conversations, { where, order, limit: HEADS });
    for (const { id: conversationId } of heads) {
      if (files && !await files.clear(conversationId)) return limit;
      for (const part of [messages, participants] as const) {
        if (deleted < limit) deleted += await purgePart(store, part, conversationId, limit - deleted);
      }
      if (deleted >= limit) return deleted;
      if (await store.delete(conversations, conversationId)) deleted++;
    }
    if (heads.length < HEADS) return deleted;
  }
}

function purgePart(
  store: Store,
  part: typeof messages | typeof participants,
  conversationId: string,
  limit: number,
): Promise<number> {
  return part === messages
    ? store.deleteMany(messages, { conversationId }, limit)
    : store.deleteMany(participants, { conversationId }, limit);
}

/**
 * Strips the messages that are older at `now` than their conversation's `messageRetention`, oldest first, a hundred
 * a change. Answers how many. May stop and start anywhere.
 */
export async function stripExpired(
  deps: Pick<ConversationDeps, "store" | "writer" | "files">,
  now: number,
): Promise<number> {
  let stripped = 0;
  for await (const head of withRetention(deps.store)) {
    await deps.files?.clearBefore(head.id, head.firstSeq);
    const [oldest] = await readKept(deps.store, head, 1);
    if (!oldest || !isExpired(oldest, head, now)) continue;
    let batch: number;
    do {
      batch = await stripBatch(deps, head.id, now);
      stripped += batch;
    } while (batch === STRIP_BATCH);
  }
  return stripped;
}

/** Conversations that do not keep their messages for ever. */
async function* withRetention(store: Store): AsyncGenerator<Conversation> {
  const order = [["retentionDays", "asc"], ["id", "asc"]] as const;
  const read = (where: Where<Conversation>) => store.find(conversations, { where, order, limit: HEADS });
  let heads = await read({ retentionDays: { gt: 0 } });
  while (heads.length > 0) {
    yield* heads;
    const last = heads.at(-1);
    if (!last) return;
    const { retentionDays, id } = last;
    heads = await read({ retentionDays, id: { gt: id } });
    if (heads.length === 0) heads = await read({ retentionDays: { gt: retentionDays } });
  }
}

async function stripBatch(
  { writer }: Pick<ConversationDeps, "writer">,
  id: string,
  now: number,
): Promise<number> {
  let old: readonly Message[] = [];
  return await writer.write(id, {
    async load(store, { head }) {
      const kept = await readKept(store, head, STRIP_BATCH);
      const end = kept.findIndex((message) => !isExpired(message, head, now));
      old = end === -1 ? kept : kept.slice(0, end);
    },
    plan(draft) {
      const last = old.at(-1);
      if (last) draft.strip(old, last.seq + 1);
      return old.length;
    },
  });
}

/** The oldest messages that are kept. */
function readKept(store: WriterStore, head: Conversation, limit: number): Promise<Message[]> {
  const where = { conversationId: head.id, seq: { gte: head.firstSeq } };
  return store.find(messages, { where, order: [["seq", "asc"]], limit });
}

function isExpired({ createdAt }: Message, { retentionDays }: Conversation, now: number): boolean {
  return retentionDays > 0 && createdAt < iso(now - retentionDays * DAY_MS);
}
