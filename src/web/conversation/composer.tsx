import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ArrivingFiles } from "../files/arriving.tsx";
import { AttachButton } from "../files/attach.tsx";
import { give, pastedFiles } from "../files/give.ts";
import { queueOf } from "../files/queues.ts";
import { Recorder, VoiceButton } from "../files/recorder.tsx";
import type { Recording } from "../files/recording.ts";
import { canRecord } from "../files/recording.ts";
import { Tray } from "../files/tray.tsx";
import { t } from "../i18n/mod.ts";
import { IconButton, onceDrawn } from "../ui/mod.ts";
import { CompletionList, useCompletion } from "./completion.tsx";
import type { Completion } from "./completion.tsx";
import { onComposerKey } from "./composer_keys.ts";
import { charactersLeft } from "./length.ts";
import type { Stage } from "./stage.ts";
import { isTouch } from "./pointer.ts";
import { submit } from "./submit.ts";
import { Task } from "./task.tsx";
import { textOf } from "./texts.ts";

/** Where messages are written. */
export function Composer({ stage }: { readonly stage: Stage }): JSX.Element {
  const input = useRef<HTMLTextAreaElement>(null);
  const text = textOf(stage);
  const isBusy = useSignal(false);
  const completion = useCompletion(stage, input, text);
  useInput(stage, input, text.value);
  const left = charactersLeft(text.value);
  const queue = queueOf(stage.conversation);
  const recording = useSignal<Recording | undefined>(undefined);
  const isEditing = stage.editing.value !== undefined;
  const isSaying = text.value.trim() !== "" || (queue.isReady && !isEditing);
  const isReady = isSaying && (left ?? 0) >= 0 && !isBusy.value;
  const takesVoice = !isSaying && !isEditing && canRecord();
  const send = () => void submit(stage, text, isBusy);
  return (
    <footer class="composer">
      <ArrivingFiles conversation={stage.conversation} />
      <Task stage={stage} />
      <Tray queue={queue} />
      <Recorder queue={queue} recording={recording} onDone={() => stage.focusInput()} />
      <form
        class="composer-form"
        hidden={recording.value !== undefined}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) send();
        }}
      >
        {completion.people.length > 0 && <CompletionList completion={completion} />}
        <IconButton
          icon="smile"
          label={t("composer.emoji")}
          aria-haspopup="dialog"
          onClick={({ currentTarget }) => openEmoji(stage, currentTarget, input.current, text)}
        />
        {!isEditing && <AttachButton queue={queue} onGiven={() => stage.focusInput()} />}
        <Input
          stage={stage}
          input={input}
          text={text}
          completion={completion}
          onSend={isReady ? send : undefined}
          onPaste={(files) => give(queue, files)}
        />
        {left !== undefined && <Left left={left} />}
        {takesVoice ? <VoiceButton recording={recording} /> : (
          <IconButton
            icon={isEditing ? "check" : "send"}
            label={isEditing ? t("composer.save") : t("composer.send")}
            class="composer-send"
            type="submit"
            disabled={!isReady}
          />
        )}
      </form>
    </footer>
  );
}

interface InputProps {
  readonly stage: Stage;
  readonly input: { current: HTMLTextAreaElement | null };
  readonly text: Signal<string>;
  readonly completion: Completion;
  /** Nothing while there is nothing that could be sent. */
  readonly onSend: (() => void) | undefined;
  readonly onPaste: (files: readonly File[]) => void;
}

function Input({ stage, input, text, completion, onSend, onPaste }: InputProps): JSX.Element {
  return (
    <textarea
      ref={input}
      class="composer-input"
      dir="auto"
      rows={1}
      placeholder={t("composer.placeholder")}
      aria-label={t("composer.label")}
      enterkeyhint={isTouch() ? "enter" : "send"}
      value={text.value}
      {...completion.attributes}
      onInput={({ currentTarget }) => {
        text.value = currentTarget.value;
        if (!stage.editing.value) stage.conversation.setTyping(currentTarget.value !== "");
        completion.follow();
      }}
      onPaste={(event) => {
        const files = pastedFiles(event.clipboardData);
        if (files.length === 0 || stage.editing.value) return;
        event.preventDefault();
        onPaste(files);
      }}
      onSelect={() => completion.follow()}
      onBlur={() => completion.close()}
      onKeyDown={(event) => {
        if (!completion.onKey(event)) {
          onComposerKey(stage, event, {
            text: text.value,
            onSend,
            isTouch: isTouch(),
          });
        }
      }}
    />
  );
}

/** The input is as tall as its text, has the caret when one comes, and takes it when it is asked to. */
function useInput(stage: Stage, input: InputProps["input"], text: string): void {
  useLayoutEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text, stage]);
  // Before the next key, which would go elsewhere.
  useLayoutEffect(() => {
    stage.focusInput = () => {
      // With what was asked for in it, such as another text to change.
      onceDrawn(() => {
        const element = input.current;
        element?.focus();
        element?.setSelectionRange(element.value.length, element.value.length);
      });
    };
    if (!isTouch()) input.current?.focus({ preventScroll: true });
    return () => stage.conversation.setTyping(false);
  }, [stage]);
}

function Left({ left }: { readonly left: number }): JSX.Element {
  return (
    <p class={`composer-left ${left < 0 ? "composer-over" : ""}`} role="status">
      {left < 0 ? t("composer.too_long", { count: -left }) : t("composer.left", { count: left })}
    </p>
  );
}

function openEmoji(
  stage: Stage,
  button: HTMLElement,
  input: HTMLTextAreaElement | null,
  text: Signal<string>,
): void {
  const { selectionStart: start, selectionEnd: end } = input ??
    { selectionStart: Infinity, selectionEnd: Infinity };
  const onPick = (emoji: string) => {
    text.value = text.value.slice(0, start) + emoji + text.value.slice(end);
    onceDrawn(() => {
      input?.focus();
      input?.setSelectionRange(start + emoji.length, start + emoji.length);
    });
  };
  stage.floating.value = { kind: "emoji", at: button.getBoundingClientRect(), onPick };
}
