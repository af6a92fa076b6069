import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { me } from "./client.ts";

const PREFIX = "parley.draft.";
const drafts = new Map<string, Signal<string>>();

/**
 * What the reader has typed in a conversation and not sent yet; the empty string when there is nothing. Kept on this
 * device with every change, so that neither a crash nor a session that was ended elsewhere loses it.
 */
export function draftOf(conversationId: string): Signal<string> {
  const key = `${PREFIX}${me.peek()?.id}.${conversationId}`;
  const known = drafts.get(key);
  if (known) return known;
  const draft = signal(localStorage.getItem(key) ?? "");
  drafts.set(key, draft);
  effect(() => {
    if (draft.value) keep(key, draft.value);
    else localStorage.removeItem(key);
  });
  return draft;
}

/** Forgets every draft: the next one at this device may be someone else. */
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
