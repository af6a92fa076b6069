import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { formatNumber, formatStamp, t } from "../i18n/mod.ts";
import { client, follow, nameOf } from "../state/mod.ts";
import { IconButton, Toasts } from "../ui/mod.ts";
import { useLayer } from "../ui/use_layer.ts";
import { save } from "./file_card.tsx";
import { Player } from "./media.tsx";
import { picturesIn, wordsOf } from "./shared.ts";
import type { SharedFile } from "./shared.ts";
import { showMessage } from "./show.ts";
import { ViewedPicture } from "./viewed_picture.tsx";
import { useZoom } from "./use_zoom.ts";
import type { Zoom } from "./use_zoom.ts";
import { closeViewer, view, viewed } from "./viewing.ts";

/** How far an arrow moves a picture, in pixels. */
const STEP = 80;

/** What is looked at, above everything else, with ways to what was shared before and after it. */
export function Viewer(): JSX.Element | null {
  const { conversationId = "", messageId, among } = viewed.value ?? {};
  follow("messages", conversationId);
  const conversation = client().conversations.get(conversationId);
  const loaded = conversation ? picturesIn(conversation.messages) : [];
  const files = among ? among.files.value.toReversed() : loaded;
  const place = files.findIndex((shared) => shared.messageId === messageId);
  const shared = files[place];
  const isGone = messageId !== undefined && !shared;
  useEffect(() => {
    if (isGone) closeViewer();
  }, [isGone]);
  if (!conversation || !shared) return null;
  const loadOlder = () => {
    if (among) void among.more();
    else if (conversation.hasOlder) void conversation.loadOlder().catch(() => {});
  };
  const go = (to: SharedFile) => view({ conversationId, id: to.messageId }, among);
  return <Shown {...{ conversationId, files, place, shared, loadOlder, go }} />;
}

interface ShownProps {
  readonly conversationId: string;
  readonly files: readonly SharedFile[];
  readonly place: number;
  readonly shared: SharedFile;
  readonly loadOlder: () => void;
  readonly go: (to: SharedFile) => void;
}

function Shown({ conversationId, files, place, shared, loadOlder, go }: ShownProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useModal(dialog);
  useLayer(closeViewer);
  const { file, messageId, senderId, at } = shared;
  const isFilm = file.kind === "video";
  const zoom = useZoom(messageId, { width: file.width ?? 1, height: file.height ?? 1 });
  const [before, after] = [files[place - 1], files[place + 1]];
  // The next ones are there when they are wanted.
  useEffect(() => {
    if (place === 0) loadOlder();
  }, [place === 0, files.length]);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => before && go(before),
    ArrowRight: () => after && go(after),
    ...(!isFilm && { "+": zoom.in, "=": zoom.in, "-": zoom.out, "0": zoom.reset }),
    d: () => void save(file),
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
      onKeyDown={(event) => onKey(event, event.shiftKey && !isFilm ? { ...keys, ...movesOf(zoom) } : keys)}
    >
      <header class="viewer-bar">
        <p class="viewer-about" aria-live="polite">
          <bdi>{nameOf(senderId)}</bdi>
          <small>
            {formatStamp(at)}
            {" · "}
            {t("files.place", { place: formatNumber(place + 1), count: formatNumber(files.length) })}
          </small>
        </p>
        {!isFilm && (
          <>
            <IconButton icon="zoom_out" label={t("files.zoom_out")} keys="−" onClick={zoom.out} />
            <IconButton icon="zoom_in" label={t("files.zoom_in")} keys="+" onClick={zoom.in} />
          </>
        )}
        <IconButton
          icon="chat"
          label={t("files.show")}
          onClick={() => void showMessage(conversationId, messageId)}
        />
        <IconButton icon="download" label={t("files.download")} keys="D" onClick={() => void save(file)} />
        <IconButton icon="close" label={t("files.close")} keys="Esc" onClick={closeViewer} />
      </header>
      {isFilm
        ? (
          <div key={messageId} class="viewer-box">
            <Player file={file} isReachable />
          </div>
        )
        : <ViewedPicture key={messageId} shared={shared} zoom={zoom} />}
      <Step name="previous" to={before} go={go} />
      <Step name="next" to={after} go={go} />
      <Caption shared={shared} />
      <Toasts />
    </dialog>
  );
}

/** What the file is called, and what was said with it. */
function Caption({ shared: { file, text } }: Pick<ShownProps, "shared">): JSX.Element | null {
  if (!file.hasName && !text) return null;
  return (
    <footer class="viewer-caption">
      {text && <p dir="auto">{wordsOf(text)}</p>}
      {file.hasName && <bdi dir="auto" class="viewer-name">{file.name}</bdi>}
    </footer>
  );
}

interface StepProps extends Pick<ShownProps, "go"> {
  readonly name: "previous" | "next";
  readonly to: SharedFile | undefined;
}

function Step({ name, to, go }: StepProps): JSX.Element | null {
  if (!to) return null;
  return (
    <IconButton
      class={`viewer-step viewer-${name}`}
      icon="back"
      label={t(`files.${name}`)}
      keys={name === "previous" ? "←" : "→"}
      onClick={() => go(to)}
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
  // A film has keys of its own.
  if (!act || event.target instanceof HTMLMediaElement || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
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
