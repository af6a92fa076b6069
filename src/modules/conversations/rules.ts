import { notFound, ParleyError } from "../../kernel/errors.ts";
import type { Conversation, Participant, ParticipantRole } from "../../order/records.ts";
import type { People } from "./people.ts";

/** Throws `not_a_group` for a direct conversation. */
export function requireGroup(head: Conversation): void {
  if (head.type !== "group") throw new ParleyError("not_a_group");
}

/** Throws `forbidden` unless the actor has one of `roles`. */
export function requireRole(actor: Participant, ...roles: readonly ParticipantRole[]): void {
  if (!roles.includes(actor.role)) throw new ParleyError("forbidden");
}

/** Throws `forbidden` unless the actor may take in someone with this role. */
export function requireMayAdd(head: Conversation, actor: Participant, role: ParticipantRole): void {
  if (role !== "member") return requireRole(actor, "admin");
  if (!head.settings.allowInvites) requireRole(actor, "admin", "moderator");
}

/** Throws `conversation_full` unless `count` more find a place. */
export function requirePlaces(head: Conversation, count = 1): void {
  if (head.memberCount + count > head.settings.maxParticipants) throw new ParleyError("conversation_full");
}

/**
 * Throws `not_found` when one of the users does not exist, and `forbidden` when one is not active or does not want to
 * be added by the actor.
 */
export async function requireConsent(
  people: People,
  actorId: string,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const allowed = new Set(await people.mayAdd(actorId, userIds));
  const others = userIds.filter((userId) => !allowed.has(userId));
  if (others.length === 0) return;
  const known = await people.cards(others);
  if (known.size < others.length) throw notFound();
  throw new ParleyError("forbidden", "Someone does not accept conversations with you");
}

/** What the public search finds a group by. */
export function publicNameOf(name: string | null, isPublic: boolean): string | null {
  return isPublic ? (name ?? "").toLowerCase() : null;
}
