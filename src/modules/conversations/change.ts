import { iso } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { HiddenSignal } from "../../order/changes.ts";
import { userTopic } from "../../order/changes.ts";
import type { Draft } from "../../order/draft.ts";
import { readMembership } from "../../order/reader.ts";
import type { Membership } from "../../order/reader.ts";
import { participants } from "../../order/records.ts";
import type { Conversation, ConversationSettings } from "../../order/records.ts";
import type { ConversationDeps } from "./deps.ts";
import { publicNameOf, requireGroup, requireRole } from "./rules.ts";
import type { ChangeInput, NotificationsInput, NotificationsView } from "./schema.ts";

/**
 * Changes name and description (admins, moderators) and settings (admins) of a group, as one change; each kind that
 * people should see is a system message. What is the same already changes nothing. Throws `not_found`, `forbidden`,
 * `not_a_group`, and `invalid_request` for fewer places than there are members.
 */
export async function changeConversation(
  deps: ConversationDeps,
  actorId: string,
  id: string,
  input: ChangeInput,
): Promise<void> {
  await deps.writer.write(id, {
    participants: [actorId],
    plan(draft) {
      const actor = draft.requireMember(actorId);
      requireGroup(draft.head);
      if (input.settings) requireRole(actor, "admin");
      requireRole(actor, "admin", "moderator");
      planChange(draft, actorId, input);
    },
  });
}

/** Ends a group for all (admins), or hides a direct conversation from the actor until its next message. */
export async function removeConversation(deps: ConversationDeps, actorId: string, id: string): Promise<void> {
  const membership = await readMembership(deps.store, id, actorId);
  if (membership.head.type === "direct") return await hide(deps, membership);
  await deps.writer.write(id, {
    participants: [actorId],
    plan(draft) {
      requireRole(draft.requireMember(actorId), "admin");
      draft.changeConversation(ended(draft.now));
    },
  });
}

/** What ends a conversation: from then on it answers as if it were not there. */
export function ended(endedAt: string): Partial<Conversation> {
  return { endedAt, publicName: null, retentionDays: 0 };
}

/** Changes how the user is notified of this conversation; what is left out stays. Throws `not_found`. */
export async function changeNotifications(
  deps: ConversationDeps,
  userId: string,
  id: string,
  input: NotificationsInput,
): Promise<NotificationsView> {
  const { participant } = await readMembership(deps.store, id, userId);
  const { enabled = participant.notifications.enabled, muteUntil } = input;
  const until = muteUntil === undefined
    ? participant.notifications.muteUntil
    : muteUntil && iso(Date.parse(muteUntil));
  const notifications = { enabled, muteUntil: until };
  await deps.store.patch(participants, participant.id, { set: { notifications } }, { left: false });
  return notifications;
}

async function hide(deps: ConversationDeps, { head, participant }: Membership): Promise<void> {
  await deps.store.patch(participants, participant.id, { set: { hiddenSeq: head.seq } }, { left: false });
  const signal: HiddenSignal = { kind: "hidden", conversationId: head.id, rev: head.rev };
  deps.bus.publish(userTopic(participant.userId), signal);
}

function planChange(draft: Draft, actorId: string, input: ChangeInput): void {
  const { head } = draft;
  const { name = head.name, description = head.description } = input;
  const changed = changedSettings(head.settings, input.settings ?? {});
  const settings = { ...head.settings, ...changed };
  requireRoom(head, settings);
  const adjusted = Object.keys(changed).length > 0;
  if (name === head.name && description === head.description && !adjusted) return;
  const publicName = publicNameOf(name, settings.isPublic);
  draft.changeConversation({
    name,
    description,
    settings,
    publicName,
    retentionDays: settings.messageRetention,
  });
  if (name !== head.name) draft.addSystemMessage(actorId, "name_changed", { name });
  if (description !== head.description) {
    draft.addSystemMessage(actorId, "description_changed", { description });
  }
  if (adjusted) draft.addSystemMessage(actorId, "settings_changed", { settings: changed });
}

function changedSettings(
  before: ConversationSettings,
  wanted: NonNullable<ChangeInput["settings"]>,
): Partial<ConversationSettings> {
  const changes = Object.entries(wanted).filter(([key, value]) =>
    value !== undefined && value !== before[key as keyof ConversationSettings]
  );
  return Object.fromEntries(changes);
}

function requireRoom({ memberCount }: Conversation, { maxParticipants }: ConversationSettings): void {
  if (memberCount <= maxParticipants) return;
  const errors = [{ field: "settings.maxParticipants", message: `There are ${memberCount} members already` }];
  throw new ParleyError("invalid_request", undefined, { errors });
}
