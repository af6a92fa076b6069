import { notFound, ParleyError } from "../../kernel/errors.ts";
import type { Draft } from "../../order/draft.ts";
import type { WriterStore } from "../../order/plan.ts";
import { readMembership } from "../../order/reader.ts";
import { participantId, participants } from "../../order/records.ts";
import type { Participant, ParticipantRole } from "../../order/records.ts";
import { ended } from "./change.ts";
import type { ConversationDeps } from "./deps.ts";
import { requireConsent, requireGroup, requireMayAdd, requirePlaces, requireRole } from "./rules.ts";
import type { ParticipantView } from "./schema.ts";

/** A member, and whether this call made them one. */
export interface Added {
  readonly participant: ParticipantView;
  readonly made: boolean;
}

/**
 * Takes someone into a group: by admins and moderators, by any member where `allowInvites` is set, and with a role
 * by admins alone. Who is a member already stays as they are. Throws `not_found` (also for an unknown user),
 * `forbidden`, `not_a_group` and `conversation_full`.
 */
export async function addParticipant(
  deps: ConversationDeps,
  actorId: string,
  id: string,
  { userId, role }: { userId: string; role: ParticipantRole },
): Promise<Added> {
  const { head, participant: actor } = await readMembership(deps.store, id, actorId);
  requireGroup(head);
  requireMayAdd(head, actor, role);
  const where = { id: participantId(id, userId), left: false };
  const [present] = await deps.store.find(participants, { where }, [head]);
  if (!present) await requireConsent(deps.people, actorId, [userId]);
  const made = await deps.writer.write(id, {
    participants: [actorId, userId],
    plan(draft) {
      requireMayAdd(draft.head, draft.requireMember(actorId), role);
      if (draft.member(userId)) return false;
      requirePlaces(draft.head);
      join(draft, actorId, userId, role);
      return true;
    },
  });
  return { participant: await showMember(deps, id, userId), made };
}

/** Takes the user into a public group; a member already stays one. Throws `not_found`, `conversation_full`. */
export async function joinConversation(deps: ConversationDeps, userId: string, id: string): Promise<void> {
  await deps.writer.write(id, {
    participants: [userId],
    plan(draft) {
      if (draft.member(userId)) return;
      if (!draft.head.settings.isPublic) throw notFound();
      requirePlaces(draft.head);
      join(draft, userId, userId, "member");
    },
  });
}

/**
 * Takes someone out of a group: anyone by admins, plain members by moderators; oneself as by leaving. The removal's
 * `rev` is the last that the removed user gets. Throws `not_found`, `forbidden`, `not_a_group`.
 */
export async function removeParticipant(
  deps: ConversationDeps,
  actorId: string,
  id: string,
  userId: string,
): Promise<void> {
  if (actorId === userId) return await leaveConversation(deps, userId, id);
  await deps.writer.write(id, {
    participants: [actorId, userId],
    plan(draft) {
      const actor = draft.requireMember(actorId);
      requireGroup(draft.head);
      requireRole(actor, "admin", "moderator");
      const target = draft.requireMember(userId);
      if (target.role !== "member") requireRole(actor, "admin");
      draft.changeMembers({ remove: [userId] });
      draft.addSystemMessage(actorId, "user_left", { userId, removedBy: actorId });
    },
  });
}

/**
 * Gives a member of a group another role, by admins. Throws `not_found`, `forbidden`, `not_a_group`, and `last_admin`
 * when the group would be left without an admin: unlike leaving, giving up the role can wait for a successor.
 */
export async function changeRole(
  deps: ConversationDeps,
  actorId: string,
  id: string,
  { userId, role }: { userId: string; role: ParticipantRole },
): Promise<ParticipantView> {
  await deps.writer.write(id, {
    participants: [actorId, userId],
    plan(draft) {
      const actor = draft.requireMember(actorId);
      requireGroup(draft.head);
      requireRole(actor, "admin");
      const target = draft.requireMember(userId);
      if (target.role === role) return;
      if (target.role === "admin" && draft.head.adminCount === 1) throw new ParleyError("last_admin");
      draft.changeMembers({ roles: [{ userId, role }] });
      draft.addSystemMessage(actorId, "role_changed", { userId, role });
    },
  });
  return await showMember(deps, id, userId);
}

/**
 * Leaves a group. The last admin hands over to the longest-standing member, the last member ends the group.
 * Throws `not_found`, `not_a_group`.
 */
export async function leaveConversation(deps: ConversationDeps, userId: string, id: string): Promise<void> {
  let oldest: readonly Participant[] = [];
  await deps.writer.write(id, {
    participants: [userId],
    async load(store, draft) {
      oldest = draft.head.adminCount > 1 ? [] : await longestStanding(store, id);
      for (const member of oldest) draft.see(member);
    },
    plan: (draft) => planLeave(draft, userId, oldest),
  });
}

/** The two who have been there for longest: the one who leaves may be among them. */
function longestStanding(store: WriterStore, conversationId: string): Promise<Participant[]> {
  const order = [["joinedRev", "asc"], ["userId", "asc"]] as const;
  return store.find(participants, { where: { conversationId, left: false }, order, limit: 2 });
}

function planLeave(draft: Draft, userId: string, oldest: readonly Participant[]): void {
  const member = draft.requireMember(userId);
  requireGroup(draft.head);
  const last = member.role === "admin" && draft.head.adminCount === 1;
  const heir = last ? oldest.find((other) => other.userId !== userId) : undefined;
  const roles = heir ? [{ userId: heir.userId, role: "admin" as const }] : [];
  draft.changeMembers({ remove: [userId], roles });
  if (draft.head.memberCount === 0) return draft.changeConversation(ended(draft.now));
  draft.addSystemMessage(userId, "user_left", { userId });
  for (const { userId: successor, role } of roles) {
    draft.addSystemMessage(userId, "role_changed", { userId: successor, role });
  }
}

function join(draft: Draft, actorId: string, userId: string, role: ParticipantRole): void {
  draft.changeMembers({ add: [{ userId, role }] });
  draft.addSystemMessage(actorId, "user_joined", { userId, actorId });
}

/** Throws `not_found` when the member has gone meanwhile. */
async function showMember(deps: ConversationDeps, id: string, userId: string): Promise<ParticipantView> {
  const { participant } = await readMembership(deps.store, id, userId);
  const [view] = await deps.views.showParticipants([participant]);
  if (!view) throw notFound();
  return view;
}
