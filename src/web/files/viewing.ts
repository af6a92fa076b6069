import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { MessageView } from "../../client/mod.ts";

/** A picture that is looked at. */
export interface Viewed {
  readonly conversationId: string;
  readonly messageId: string;
}

const shown = signal<Viewed | undefined>(undefined);

/** The picture that is looked at. */
export const viewed: ReadonlySignal<Viewed | undefined> = shown;

/** Looks at the picture of a message. */
export function view({ conversationId, id }: Pick<MessageView, "conversationId" | "id">): void {
  shown.value = { conversationId, messageId: id };
}

/** Looks at none any more. */
export function closeViewer(): void {
  shown.value = undefined;
}
