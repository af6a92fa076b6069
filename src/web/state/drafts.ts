import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { me } from "./client.ts";

const drafts = new Map<string, Signal<string>>();

/**
 * What the reader has typed in a conversation and not sent yet; the empty string when there is nothing. Kept on this
 * device with every change, so that neither a crash nor a session that was ended elsewhere loses it.
 */
export function draftOf(conversationId: string): Signal<string> {
  const key = prefix() + conversationId;
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

/** Forgets every draft of the reader: the next one at this device may be someone else. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(prefix()))) {
    const draft = drafts.get(key);
    if (draft) draft.value = "";
    localStorage.removeItem(key);
  }
}

function prefix(): string {
  return `parley.draft.${me.peek()?.id}.`;
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // The device has no room left; the text stays where it was typed.
  }
}
