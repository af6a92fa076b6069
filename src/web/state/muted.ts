import { signal } from "@preact/signals";
import type { Conversation, NotificationSettings } from "../../client/mod.ts";
import { client, follow } from "./client.ts";

/** What was changed here, and what the conversation's own view said then: it counts until that says something else. */
interface Change {
  readonly before: NotificationSettings;
  readonly after: NotificationSettings;
}

const changes = signal<ReadonlyMap<string, Change>>(new Map());

/** Whether the reader has muted a conversation. */
export function isMuted({ id, view: { notifications } }: Conversation): boolean {
  follow("conversation", id);
  const change = changes.value.get(id);
  const { enabled, muteUntil } = change && isSame(change.before, notifications)
    ? change.after
    : notifications;
  return !enabled || (muteUntil !== null && Date.parse(muteUntil) > Date.now());
}

/** Mutes a conversation, or ends that. Rejects with `ParleyError`. */
export async function mute({ id, view }: Conversation, muted: boolean): Promise<void> {
  const after = await client().request("PUT /api/conversations/:id/notifications", {
    params: { id },
    body: { enabled: !muted, muteUntil: null },
  });
  changes.value = new Map(changes.value).set(id, { before: view.notifications, after });
}

function isSame(one: NotificationSettings, other: NotificationSettings): boolean {
  return one.enabled === other.enabled && one.muteUntil === other.muteUntil;
}
