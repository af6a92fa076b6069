import { page } from "../../http/schema.ts";
import type { Pagination } from "../../http/schema.ts";
import { notFound } from "../../kernel/errors.ts";
import { readHeads, readMembers, readMembership, readOwnRecords } from "../../order/reader.ts";
import type { Membership } from "../../order/reader.ts";
import { conversations, participants } from "../../order/records.ts";
import type { Conversation, Participant } from "../../order/records.ts";
import type { Store, Where } from "../../ports/store.ts";
import { activityPlace, decodeCursor, encodeCursor, memberPlace, namePlace } from "./cursor.ts";
import type { ConversationDeps } from "./deps.ts";
import type { ConversationView, ParticipantView, PublicConversationView } from "./schema.ts";
import { showPublic } from "./view.ts";

/** Members that a conversation shows with itself. */
const SHOWN_MEMBERS = 100;

/** Which page of a list. */
export interface PageInput {
  readonly limit: number;
  readonly cursor?: string;
}

/** A conversation with up to 100 of its members, longest-standing first. Throws `not_found`. */
export async function getConversation(
  deps: ConversationDeps,
  userId: string,
  id: string,
): Promise<ConversationView> {
  const membership = await readMembership(deps.store, id, userId);
  const members = await readMembers(deps.store, membership.head, SHOWN_MEMBERS);
  const [[view], shown] = await Promise.all([
    deps.views.showConversations([membership]),
    deps.views.showParticipants(members),
  ]);
  if (!view) throw notFound();
  return { ...view, participants: shown };
}

/** The user's conversations, latest activity first; those hidden and not spoken in since are left out. */
export async function listConversations(
  deps: ConversationDeps,
  userId: string,
  { limit, cursor }: PageInput,
): Promise<{ conversations: ConversationView[]; pagination: Pagination }> {
  const visible = (await readConversations(deps.store, userId)).sort(byActivity);
  const after = cursor === undefined ? undefined : decodeCursor(activityPlace, cursor);
  const rest = after ? visible.filter((head) => isLater(head, after)) : visible;
  const { rows, pagination } = page(rest, limit, (head) => encodeCursor([head.updatedAt, head.id]));
  const memberships = await readMemberships(deps.store, userId, rows);
  return { conversations: await deps.views.showConversations(memberships), pagination };
}

/** The members of a conversation, longest-standing first. Throws `not_found`. */
export async function listParticipants(
  deps: ConversationDeps,
  userId: string,
  id: string,
  { limit, cursor }: PageInput,
): Promise<{ participants: ParticipantView[]; pagination: Pagination }> {
  const { head } = await readMembership(deps.store, id, userId);
  const place = cursor === undefined ? undefined : decodeCursor(memberPlace, cursor);
  const after = place && { joinedRev: place[0], userId: place[1] };
  const found = await readMembers(deps.store, head, limit + 1, after);
  const { rows, pagination } = page(found, limit, (row) => encodeCursor([row.joinedRev, row.userId]));
  return { participants: await deps.views.showParticipants(rows), pagination };
}

/** Public groups whose name begins with `query`, whatever its case, by name. */
export async function searchPublic(
  deps: ConversationDeps,
  query: string,
  { limit, cursor }: PageInput,
): Promise<{ conversations: PublicConversationView[]; pagination: Pagination }> {
  const place = cursor === undefined ? undefined : decodeCursor(namePlace, cursor);
  const found = await readPublic(deps.store, query.toLowerCase(), limit + 1, place);
  const { rows, pagination } = page(found, limit, (row) => encodeCursor([row.publicName ?? "", row.id]));
  return { conversations: rows.map(showPublic), pagination };
}

async function readConversations(store: Store, userId: string): Promise<Conversation[]> {
  const own = await readOwnRecords(store, userId);
  const hidden = new Map(own.map((row) => [row.conversationId, row.hiddenSeq]));
  const heads = await readHeads(store, [...hidden.keys()]);
  return heads.filter(({ id, seq }) => seq > (hidden.get(id) ?? -1));
}

/** The member's records under these very heads; a conversation left meanwhile is dropped. */
async function readMemberships(
  store: Store,
  userId: string,
  heads: readonly Conversation[],
): Promise<Membership[]> {
  if (heads.length === 0) return [];
  const where = { conversationId: { in: heads.map((head) => head.id) }, userId };
  const found = await store.find(participants, { where }, heads);
  const own = new Map<string, Participant>(found.map((row) => [row.conversationId, row]));
  return heads.flatMap((head) => {
    const participant = own.get(head.id);
    return participant && !participant.left ? [{ head, participant }] : [];
  });
}

function byActivity(a: Conversation, b: Conversation): number {
  return a.updatedAt === b.updatedAt ? (a.id < b.id ? -1 : 1) : a.updatedAt < b.updatedAt ? 1 : -1;
}

function isLater(head: Conversation, [updatedAt, id]: readonly [string, string]): boolean {
  return head.updatedAt < updatedAt || (head.updatedAt === updatedAt && head.id > id);
}

async function readPublic(
  store: Store,
  prefix: string,
  limit: number,
  after?: readonly [string, string],
): Promise<Conversation[]> {
  const order = [["publicName", "asc"], ["id", "asc"]] as const;
  const read = (where: Where<Conversation>, count: number) =>
    store.find(conversations, { where, order, limit: count });
  const end = prefixEnd(prefix);
  const within = end === undefined ? {} : { lt: end };
  if (!after) return await read({ publicName: { gte: prefix, ...within } }, limit);
  const [name, id] = after;
  const alike = await read({ publicName: name, id: { gt: id } }, limit);
  if (alike.length === limit) return alike;
  return [...alike, ...await read({ publicName: { gt: name, ...within } }, limit - alike.length)];
}

/** The first text that sorts behind all that begin with `prefix`; `undefined` when all texts do. */
function prefixEnd(prefix: string): string | undefined {
  const points = [...prefix];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  // Surrogates are no characters, and nothing comes behind the last one.
  if (last === 0x10ffff) return prefixEnd(points.join(""));
  return points.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}
