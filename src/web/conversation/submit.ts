import type { Signal } from "@preact/signals";
import type { MessageView } from "../../client/mod.ts";
import { queueOf } from "../files/queues.ts";
import { errorText } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { toast } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";
import { forgetChange } from "./texts.ts";

/** Sends what was typed, or makes the change that was typed. A text that could not be kept stays in the input. */
export async function submit(stage: Stage, text: Signal<string>, isBusy: Signal<boolean>): Promise<void> {
  const { conversation, editing, replyTo } = stage;
  if (editing.value) return await change(stage, editing.value, text.value, isBusy);
  const files = queueOf(conversation);
  if (files.isReady) files.send({ text: text.value.trim() && text.value, replyTo: replyTo.value });
  else conversation.send(text.value, { replyTo: replyTo.value });
  conversation.setTyping(false);
  text.value = "";
  replyTo.value = undefined;
  stage.readUpTo.value = undefined;
  await stage.toNewest();
}

/** Ends the change of a message; what was typed for it is still there when it is begun again. */
export function putOff({ editing }: Stage, text: string): void {
  if (editing.value && text === editing.value.content.text) forgetChange(editing.value);
  editing.value = undefined;
}

async function change(
  stage: Stage,
  message: MessageView,
  text: string,
  isBusy: Signal<boolean>,
): Promise<void> {
  if (text === message.content.text) return putOff(stage, text);
  isBusy.value = true;
  try {
    await stage.conversation.edit(message.id, text);
    forgetChange(message);
    if (stage.editing.value?.id === message.id) stage.editing.value = undefined;
  } catch (error) {
    toast(t("composer.edit_failed", { reason: errorText(error) }), { kind: "error" });
  } finally {
    isBusy.value = false;
  }
}
