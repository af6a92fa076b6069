import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";

const PREFIX = "parley.draft.";
const drafts = new Map<string, Signal<string>>();

/**
 * What was typed in a conversation and not sent yet; the empty string when there is nothing. Kept on this device
 * with every change, so that neither a crash nor a week away loses it.
 */
export function draftOf(conversationId: string): Signal<string> {
  const known = drafts.get(conversationId);
  if (known) return known;
  const key = PREFIX + conversationId;
  const draft = signal(localStorage.getItem(key) ?? "");
  drafts.set(conversationId, draft);
  effect(() => {
    if (draft.value) keep(key, draft.value);
    else localStorage.removeItem(key);
  });
  return draft;
}

/** Forgets every draft: the next one at this device is someone else. */
export function forgetDrafts(): void {
  for (const draft of drafts.values()) draft.value = "";
  drafts.clear();
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // The device has no room left; the text stays where it was typed.
  }
}
