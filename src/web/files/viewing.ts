import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { MessageView } from "../../client/mod.ts";
import type { SharedFiles } from "./shared_files.ts";

/** A picture or a film that is looked at. */
export interface Viewed {
  readonly conversationId: string;
  readonly messageId: string;
  /** What it is one of; unless given, one of the pictures of the messages that are loaded. */
  readonly among?: SharedFiles | undefined;
}

const shown = signal<Viewed | undefined>(undefined);

/** What is looked at. */
export const viewed: ReadonlySignal<Viewed | undefined> = shown;

/** Looks at the picture or the film of a message. */
export function view(
  { conversationId, id }: Pick<MessageView, "conversationId" | "id">,
  among?: SharedFiles,
): void {
  shown.value = { conversationId, messageId: id, among };
}

/** Looks at none any more. */
export function closeViewer(): void {
  shown.value = undefined;
}
