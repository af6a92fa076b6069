import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { me } from "./client.ts";
import { keep, keysOf, recall } from "../local.ts";

const drafts = new Map<string, Signal<string>>();

/**
 * What the reader has typed in a conversation and not sent yet; the empty string when there is nothing. Kept on this
 * device with every change, so that neither a crash nor a session that was ended elsewhere loses it.
 */
export function draftOf(conversationId: string): Signal<string> {
  const key = prefix() + conversationId;
  const known = drafts.get(key);
  if (known) return known;
  const draft = signal(recall(key) ?? "");
  drafts.set(key, draft);
  effect(() => keep(key, draft.value || undefined));
  return draft;
}

/** Forgets every draft of the reader: the next one at this device may be someone else. */
export function forgetDrafts(): void {
  for (const [key, draft] of drafts) if (key.startsWith(prefix())) draft.value = "";
  for (const key of keysOf(prefix())) keep(key, undefined);
}

function prefix(): string {
  return `parley.draft.${me.peek()?.id}.`;
}
