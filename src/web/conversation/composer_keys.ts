import { editLast } from "./actions.ts";
import type { Stage } from "./stage.ts";
import { putOff } from "./submit.ts";

export interface ComposerState {
  /** What stands in the input. */
  readonly text: string;
  /** Sends what stands in the input; nothing while that cannot be sent. */
  readonly onSend: (() => void) | undefined;
  readonly isTouch: boolean;
}

/**
 * What keys do in the input beside writing. Enter sends, but on touch screens, where it begins a line as Shift+Enter
 * does; while a word is being composed every key belongs to the input method (`keyCode` 229: Safari says no more).
 */
export function onComposerKey(
  stage: Stage,
  event: KeyboardEvent,
  { text, onSend, isTouch }: ComposerState,
): void {
  if (event.isComposing || event.keyCode === 229) return;
  const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
  if (event.key === "Enter" && (isPlain ? !isTouch : event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    onSend?.();
  } else if (event.key === "ArrowUp" && isPlain && text === "" && !stage.editing.value) {
    if (editLast(stage)) event.preventDefault();
  } else if (event.key === "Escape") {
    if (giveUp(stage, text)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }
}

/** Steps back from a change or an answer; whether there was one. */
function giveUp(stage: Stage, text: string): boolean {
  if (stage.editing.value) {
    putOff(stage, text);
    return true;
  }
  const isAnswer = stage.replyTo.value !== undefined;
  stage.replyTo.value = undefined;
  return isAnswer;
}
