import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { MessageView } from "../../client/mod.ts";
import { draftOf } from "../state/mod.ts";
import type { Stage } from "./stage.ts";

/** What is typed for the change of a message, by its id; kept while the change is put off. */
const changes = new Map<string, Signal<string>>();

/** The text in the input: the conversation's draft, or the change of a message that is being made. */
export function textOf({ editing, conversation }: Stage): Signal<string> {
  return editing.value ? changeOf(editing.value) : draftOf(conversation.id);
}

/** Forgets a change: it is made, or nothing is different. */
export function forgetChange({ id }: MessageView): void {
  changes.delete(id);
}

function changeOf({ id, content }: MessageView): Signal<string> {
  const change = changes.get(id) ?? signal(content.text);
  changes.set(id, change);
  return change;
}
