import type { LocalMessage } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { fileOf } from "../files/facts.ts";
import { save } from "../files/file_card.tsx";
import { view } from "../files/viewing.ts";
import { t } from "../i18n/mod.ts";
import { draftOf } from "../state/mod.ts";
import type { IconName } from "../ui/mod.ts";
import { toast } from "../ui/mod.ts";
import { permissionsFor } from "./permissions.ts";
import type { Stage } from "./stage.ts";

/** Something that can be done with a message. */
export interface Action {
  readonly label: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** Everything that the reader may do with a message right now, in the order of the menu. */
export function actionsOf(stage: Stage, local: LocalMessage): Action[] {
  const { conversation, userId } = stage;
  const { message, clientId } = local;
  const may = permissionsFor(local, conversation.view, userId, Date.now());
  const resend = may.resend && clientId !== null;
  const file = message.seq > 0 ? fileOf(message) : undefined;
  const pin = () => void tell(() => conversation.pin(message.id, !message.isPinned));
  const actions: (Action | false)[] = [
    file?.kind === "picture" && {
      label: t("files.open_picture"),
      icon: "zoom_in",
      keys: "O",
      run: () => view(message),
    },
    resend && { label: t("message.retry"), icon: "refresh", run: () => conversation.retry(clientId) },
    resend && { label: t("message.rewrite"), icon: "edit", run: () => rewrite(stage, local) },
    may.reply && { label: t("message.reply"), icon: "reply", keys: "R", run: () => reply(stage, local) },
    may.edit && { label: t("message.edit"), icon: "edit", keys: "E", run: () => edit(stage, local) },
    file !== undefined && { label: t("files.download"), icon: "download", run: () => void save(file) },
    may.copy && { label: t("message.copy"), icon: "copy", keys: "C", run: () => void copy(words(local)) },
    may.link &&
    { label: t("message.link"), icon: "link", run: () => void copy(addressOf(stage, message.seq)) },
    may.pin && { label: t(message.isPinned ? "message.unpin" : "message.pin"), icon: "pin", run: pin },
    may.link && message.content.type !== "system" && {
      label: t("message.details"),
      icon: "info",
      run: () => stage.asked.value = { kind: "details", local },
    },
    may.delete && {
      label: t("message.delete"),
      icon: "trash",
      danger: true,
      run: () => stage.asked.value = { kind: "delete", local },
    },
    resend && {
      label: t("message.discard"),
      icon: "trash",
      danger: true,
      run: () => conversation.discard(clientId),
    },
  ];
  return actions.filter((action) => action !== false);
}

/** Whether the reader may react to a message. */
export function mayReact(stage: Stage, local: LocalMessage): boolean {
  return permissionsFor(local, stage.conversation.view, stage.userId, Date.now()).react;
}

/** Whether the reader may answer a message. */
export function mayReply(stage: Stage, local: LocalMessage): boolean {
  return permissionsFor(local, stage.conversation.view, stage.userId, Date.now()).reply;
}

/** Begins an answer. */
export function reply(stage: Stage, { message }: LocalMessage): void {
  stage.editing.value = undefined;
  stage.replyTo.value = message;
  stage.focusInput();
}

/** Begins a change of one's own message. */
export function edit(stage: Stage, { message }: LocalMessage): void {
  stage.replyTo.value = undefined;
  stage.editing.value = message;
  stage.focusInput();
}

/** Begins a change of the reader's last message that can still be changed; whether there is one. */
export function editLast(stage: Stage): boolean {
  const { conversation, userId } = stage;
  const last = conversation.messages.findLast((local) =>
    permissionsFor(local, conversation.view, userId, Date.now()).edit
  );
  if (last) edit(stage, last);
  return last !== undefined;
}

/** Sets the reader's reaction, or takes it back. */
export function toggleReaction(stage: Stage, { message }: LocalMessage, emoji: string): void {
  const isOn = message.reactions.some((one) => one.userId === stage.userId && one.emoji === emoji);
  void tell(() => stage.conversation.react(message.id, emoji, !isOn));
}

/** The text of a failed message comes before what was typed since. */
function rewrite(stage: Stage, { clientId, message }: LocalMessage): void {
  const draft = draftOf(stage.conversation.id);
  draft.value = [message.content.text, draft.value].filter(Boolean).join("\n");
  if (clientId !== null) stage.conversation.discard(clientId);
  stage.focusInput();
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.copied"));
  } catch {
    toast(t("message.copy_failed"), { kind: "error" });
  }
}

function addressOf(stage: Stage, seq: number): string {
  return new URL(`/c/${stage.conversation.id}/${seq}`, location.href).href;
}

/** What was written, as it was written. */
function words({ message }: LocalMessage): string {
  return message.content.text;
}
