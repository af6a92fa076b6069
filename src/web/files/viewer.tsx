import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Conversation, MessageView } from "../../client/mod.ts";
import { formatNumber, formatStamp, t } from "../i18n/mod.ts";
import { client, follow, fullName } from "../state/mod.ts";
import { IconButton, Toasts } from "../ui/mod.ts";
import { fileOf, picturesIn } from "./facts.ts";
import { save } from "./file_card.tsx";
import { ViewedPicture } from "./viewed_picture.tsx";
import { useZoom } from "./use_zoom.ts";
import type { Zoom } from "./use_zoom.ts";
import { closeViewer, view, viewed } from "./viewing.ts";

/** How far an arrow moves a picture, in pixels. */
const STEP = 80;

/** The picture that is looked at, above everything else, with ways to the others of its conversation. */
export function Viewer(): JSX.Element | null {
  const { conversationId = "", messageId } = viewed.value ?? {};
  follow("messages", conversationId);
  const conversation = client().conversations.get(conversationId);
  const pictures = conversation ? picturesIn(conversation.messages) : [];
  const place = pictures.findIndex(({ id }) => id === messageId);
  const message = pictures[place];
  const isGone = messageId !== undefined && !message;
  useEffect(() => {
    if (isGone) closeViewer();
  }, [isGone]);
  if (!conversation || !message) return null;
  return <Shown conversation={conversation} pictures={pictures} place={place} message={message} />;
}

interface ShownProps {
  readonly conversation: Conversation;
  readonly pictures: readonly MessageView[];
  readonly place: number;
  readonly message: MessageView;
}

function Shown({ conversation, pictures, place, message }: ShownProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useModal(dialog);
  const file = fileOf(message);
  const zoom = useZoom(message.id, { width: file?.width ?? 1, height: file?.height ?? 1 });
  const [before, after] = [pictures[place - 1], pictures[place + 1]];
  // The next ones are there when they are wanted.
  useEffect(() => {
    if (place === 0 && conversation.hasOlder) void conversation.loadOlder().catch(() => {});
  }, [place, conversation]);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => before && view(before),
    ArrowRight: () => after && view(after),
    ...{ "+": zoom.in, "=": zoom.in, "-": zoom.out, "0": zoom.reset },
    ...(file && { d: () => void save(file) }),
  };
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={t("files.viewer")}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        closeViewer();
      }}
      onKeyDown={(event) => onKey(event, event.shiftKey ? { ...keys, ...movesOf(zoom) } : keys)}
    >
      <header class="viewer-bar">
        <p class="viewer-about" aria-live="polite">
          <bdi>{fullName(message.sender)}</bdi>
          <small>
            {formatStamp(message.createdAt)}
            {" · "}
            {t("files.place", { place: formatNumber(place + 1), count: formatNumber(pictures.length) })}
          </small>
        </p>
        <IconButton icon="zoom_out" label={t("files.zoom_out")} keys="−" onClick={zoom.out} />
        <IconButton icon="zoom_in" label={t("files.zoom_in")} keys="+" onClick={zoom.in} />
        {file && (
          <IconButton
            icon="download"
            label={t("files.download")}
            keys="D"
            onClick={() => void save(file)}
          />
        )}
        <IconButton icon="close" label={t("files.close")} keys="Esc" onClick={closeViewer} />
      </header>
      {file && <ViewedPicture key={message.id} file={file} message={message} zoom={zoom} />}
      <Step name="previous" to={before} />
      <Step name="next" to={after} />
      {message.content.text && <p class="viewer-caption" dir="auto">{message.content.text}</p>}
      <Toasts />
    </dialog>
  );
}

function Step(
  { name, to }: { readonly name: "previous" | "next"; readonly to: MessageView | undefined },
): JSX.Element | null {
  if (!to) return null;
  return (
    <IconButton
      class={`viewer-step viewer-${name}`}
      icon="back"
      label={t(`files.${name}`)}
      keys={name === "previous" ? "←" : "→"}
      onClick={() => view(to)}
    />
  );
}

/** With Shift, arrows move what is looked at closely. */
function movesOf({ move }: Zoom): Readonly<Record<string, () => void>> {
  return {
    ArrowLeft: () => move({ x: STEP, y: 0 }),
    ArrowRight: () => move({ x: -STEP, y: 0 }),
    ArrowUp: () => move({ x: 0, y: STEP }),
    ArrowDown: () => move({ x: 0, y: -STEP }),
  };
}

function onKey(event: KeyboardEvent, keys: Readonly<Record<string, () => void>>): void {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** Opens the dialog while it is there, and gives the focus back. */
function useModal(dialog: { readonly current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    element?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
}
