import { signal } from "@preact/signals";
import type { Conversation, NotificationSettings } from "../../client/mod.ts";
import { client, follow } from "./client.ts";

/** What was changed here, until the conversation's own view says it. */
const changed = signal<ReadonlyMap<string, NotificationSettings>>(new Map());

/** Whether the reader wants no notice of a conversation. */
export function isMuted(conversation: Conversation): boolean {
  follow("conversation", conversation.id);
  const { enabled, muteUntil } = changed.value.get(conversation.id) ?? conversation.view.notifications;
  return !enabled || (muteUntil !== null && Date.parse(muteUntil) > Date.now());
}

/** Wants notices of a conversation, or none. Rejects with `ParleyError`. */
export async function mute(conversationId: string, muted: boolean): Promise<void> {
  const answer = await client().request("PUT /api/conversations/:id/notifications", {
    params: { id: conversationId },
    body: { enabled: !muted, muteUntil: null },
  });
  changed.value = new Map(changed.value).set(conversationId, answer);
}
