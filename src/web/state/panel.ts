import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** What lies over the screen; one at a time. */
export type Panel =
  | { readonly kind: "group" | "gallery"; readonly conversationId: string }
  | { readonly kind: "person"; readonly userId: string }
  | { readonly kind: "new_direct" }
  | { readonly kind: "new_group" }
  | { readonly kind: "discover" }
  | { readonly kind: "help" };

const shown = signal<Panel | undefined>(undefined);

/** What lies over the screen now. */
export const panel: ReadonlySignal<Panel | undefined> = shown;

/** Opens a panel in the place of the one that is open. */
export function openPanel(next: Panel): void {
  shown.value = next;
}

/** Closes the panel. */
export function closePanel(): void {
  shown.value = undefined;
}

/** Opens the details of a conversation: its members and settings, or the other one of a direct conversation. */
export function openGroupPanel(conversationId: string): void {
  openPanel({ kind: "group", conversationId });
}

/** Opens a person's profile. */
export function openPerson(userId: string): void {
  openPanel({ kind: "person", userId });
}
