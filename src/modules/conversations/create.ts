import { iso } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import type { JoinedSignal } from "../../order/changes.ts";
import { userTopic } from "../../order/changes.ts";
import type { NewMember } from "../../order/draft.ts";
import { MAX_CHANGE_WRITES } from "../../order/plan.ts";
import { conversations, newParticipant, participants } from "../../order/records.ts";
import type { Conversation, ConversationSettings } from "../../order/records.ts";
import { COMMIT_WRITES } from "../../ports/store.ts";
import type { Write } from "../../ports/store.ts";
import type { ConversationDeps } from "./deps.ts";
import { publicNameOf, requireConsent, requirePlaces } from "./rules.ts";
import { DEFAULT_PARTICIPANTS, MAX_PARTICIPANTS } from "./schema.ts";
import type { CreateInput } from "./schema.ts";

/** Members that are stored with the head, which is one record more. */
const BORN_TOGETHER = COMMIT_WRITES - 1;

/** A conversation, and whether this call made it. */
export interface Made {
  readonly id: string;
  readonly made: boolean;
}

/**
 * Makes a conversation of the actor and the users named. Two people have one direct conversation, whoever makes it
 * and how often: a later call is answered with the first one. A group of more than 127 takes the rest in before
 * this resolves; who made it is its admin. Throws `invalid_request`, `not_found` for an unknown user, `forbidden`
 * for one who does not want it, and `conversation_full` for more people than `maxParticipants`.
 */
export async function createConversation(
  deps: ConversationDeps,
  actorId: string,
  input: CreateInput,
): Promise<Made> {
  const others = [...new Set(input.participants)].filter((userId) => userId !== actorId);
  return input.type === "direct"
    ? await createDirect(deps, actorId, others)
    : await createGroup(deps, actorId, others, input);
}

async function createDirect(
  deps: ConversationDeps,
  actorId: string,
  others: readonly string[],
): Promise<Made> {
  const [other] = others;
  if (others.length !== 1 || !other) {
    const errors = [{ field: "participants", message: "Must name one other user" }];
    throw new ParleyError("invalid_request", undefined, { errors });
  }
  const id = await directId(actorId, other);
  const [first] = await deps.store.heads(conversations, [id]);
  if (first) return { id, made: false };
  await requireConsent(deps.people, actorId, others);
  const settings = {
    isPublic: false,
    allowInvites: false,
    maxParticipants: 2,
    messageRetention: deps.defaultRetention,
  };
  const members: NewMember[] = [actorId, other].map((userId) => ({ userId, role: "member" }));
  const head = newConversation(deps, id, "direct", settings, members);
  return { id, made: await bear(deps, head, members) };
}

async function createGroup(
  deps: ConversationDeps,
  actorId: string,
  others: readonly string[],
  input: CreateInput,
): Promise<Made> {
  const count = others.length + 1;
  const settings = {
    isPublic: false,
    allowInvites: false,
    // A group that starts large and says nothing of its size is not refused: there is room for those who found it.
    maxParticipants: Math.min(Math.max(DEFAULT_PARTICIPANTS, count), MAX_PARTICIPANTS),
    messageRetention: deps.defaultRetention,
    ...input.settings,
  };
  if (count > settings.maxParticipants) throw new ParleyError("conversation_full");
  await requireConsent(deps.people, actorId, others);
  const founders: NewMember[] = others.map((userId) => ({ userId, role: "member" }));
  const born: NewMember[] = [{ userId: actorId, role: "admin" }, ...founders.slice(0, BORN_TOGETHER - 1)];
  const name = input.name ?? null;
  const head = {
    ...newConversation(deps, newId(), "group", settings, born),
    name,
    description: input.description ?? null,
    publicName: publicNameOf(name, settings.isPublic),
  };
  await bear(deps, head, born);
  for (let from = BORN_TOGETHER - 1; from < founders.length; from += MAX_CHANGE_WRITES) {
    await takeIn(deps, head.id, founders.slice(from, from + MAX_CHANGE_WRITES));
  }
  return { id: head.id, made: true };
}

/** Stores the head with its first members, all or nothing, and tells them; `false` when it is there already. */
async function bear(
  deps: ConversationDeps,
  head: Conversation,
  members: readonly NewMember[],
): Promise<boolean> {
  const joined = { joinedAt: head.createdAt, joinedRev: 0, memberRev: 0, lastReadSeq: 0, rev: 0 };
  const writes = members.map(({ userId, role }): Write => {
    return { into: participants, insert: newParticipant(head.id, userId, { ...joined, role }) };
  });
  const made = await deps.store.create(conversations, head, writes);
  if (!made) return false;
  const signal: JoinedSignal = { kind: "joined", conversationId: head.id, rev: head.rev };
  for (const { userId } of members) deps.bus.publish(userTopic(userId), signal);
  return true;
}

async function takeIn(deps: ConversationDeps, id: string, members: readonly NewMember[]): Promise<void> {
  await deps.writer.write(id, {
    participants: members.map(({ userId }) => userId),
    plan(draft) {
      const add = members.filter(({ userId }) => !draft.member(userId));
      if (add.length === 0) return;
      requirePlaces(draft.head, add.length);
      draft.changeMembers({ add });
    },
  });
}

function newConversation(
  deps: ConversationDeps,
  id: string,
  type: Conversation["type"],
  settings: ConversationSettings,
  members: readonly NewMember[],
): Conversation {
  const now = iso(deps.clock.now());
  return {
    id,
    type,
    name: null,
    description: null,
    settings,
    publicName: null,
    retentionDays: settings.messageRetention,
    rev: 0,
    seq: 0,
    firstSeq: 1,
    memberCount: members.length,
    adminCount: members.filter(({ role }) => role === "admin").length,
    infoRev: 0,
    membersRev: 0,
    mark: "",
    endedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The id of the direct conversation of two people: 32 hexadecimal digits of a hash, alike for both. */
async function directId(one: string, other: string): Promise<string> {
  const pair = new TextEncoder().encode([one, other].sort().join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", pair));
  return hash.slice(0, 16).toHex();
}
