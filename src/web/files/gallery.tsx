import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { formatDay, t } from "../i18n/mod.ts";
import type { PlainKey } from "../i18n/mod.ts";
import { client, closePanel, follow, nameOf } from "../state/mod.ts";
import { Button, Dialog, IconButton, Spinner } from "../ui/mod.ts";
import type { FileFacts } from "./facts.ts";
import { FileCard } from "./file_card.tsx";
import { learnLinks } from "./links.ts";
import { Player } from "./media.tsx";
import { sharedUpload } from "./shared.ts";
import type { SharedFile } from "./shared.ts";
import { SharedFiles } from "./shared_files.ts";
import type { LoadShared } from "./shared_files.ts";
import { showMessage } from "./show.ts";
import { Tile } from "./tile.tsx";
import { useLiveFiles } from "./use_live_files.ts";
import { view } from "./viewing.ts";

/** What is shown together, in the order of the tabs. */
const TABS = [
  { name: "seen", kinds: ["picture", "video"] },
  { name: "heard", kinds: ["audio"] },
  { name: "others", kinds: ["other"] },
] as const satisfies readonly { readonly name: string; readonly kinds: readonly FileFacts["kind"][] }[];

type TabName = typeof TABS[number]["name"];

const PAGE = 60;

/** Everything that was shared in a conversation, by kinds, the latest first. */
export function GalleryPanel({ conversationId }: { readonly conversationId: string }): JSX.Element | null {
  follow("conversations");
  const conversation = client().conversations.get(conversationId);
  if (!conversation) return null;
  return (
    <Dialog title={t("files.gallery")} place="side" onClose={closePanel}>
      <Gallery conversation={conversation} />
    </Dialog>
  );
}

/** Files in tabs. */
export function Gallery({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const id = useId();
  const [chosen, choose] = useState<TabName>("seen");
  const lists = useMemo(
    () => new Map(TABS.map(({ name, kinds }) => [name, new SharedFiles(kinds, loadFrom(conversation.id))])),
    [conversation.id],
  );
  useLiveFiles(conversation, [...lists.values()]);
  const shared = lists.get(chosen);
  return (
    <div class="gallery">
      <div
        class="tabs"
        role="tablist"
        aria-label={t("files.gallery")}
        onKeyDown={(event) => onKey(event, chosen, choose)}
      >
        {TABS.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="tab"
            class="tab"
            id={`${id}-${name}`}
            aria-selected={name === chosen}
            aria-controls={`${id}-files`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => choose(name)}
          >
            {t(`files.gallery_${name}`)}
          </button>
        ))}
      </div>
      <div id={`${id}-files`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} tabIndex={0}>
        {shared && <Files key={chosen} name={chosen} shared={shared} conversationId={conversation.id} />}
      </div>
    </div>
  );
}

interface FilesProps {
  readonly name: TabName;
  readonly shared: SharedFiles;
  readonly conversationId: string;
}

function Files({ name, shared, conversationId }: FilesProps): JSX.Element {
  const files = shared.files.value;
  const none: PlainKey = `files.gallery_none_${name}`;
  if (files.length === 0 && shared.state === "whole") return <p class="gallery-none soft">{t(none)}</p>;
  return (
    <>
      {name === "seen"
        ? <Tiles files={files} onOpen={(one) => view({ conversationId, id: one.messageId }, shared)} />
        : (
          <ul class="gallery-files">
            {files.map((one) => (
              <li key={one.messageId}>
                <Row shared={one} conversationId={conversationId} />
              </li>
            ))}
          </ul>
        )}
      <More shared={shared} />
    </>
  );
}

function Tiles(
  { files, onOpen }: { readonly files: readonly SharedFile[]; readonly onOpen: (shared: SharedFile) => void },
): JSX.Element {
  return (
    <ul class="gallery-pictures">
      {files.map((shared) => (
        <li key={shared.messageId}>
          <Tile shared={shared} onOpen={() => onOpen(shared)} />
        </li>
      ))}
    </ul>
  );
}

/** Something to hear or to save, and the way to its message. */
function Row(
  { shared: { file, senderId, at, messageId }, conversationId }: {
    readonly shared: SharedFile;
    readonly conversationId: string;
  },
): JSX.Element {
  const note = t("files.shared_by", { name: nameOf(senderId), time: formatDay(at) });
  return (
    <div class="gallery-row">
      <FileCard file={file} note={note} isReachable />
      <IconButton
        icon="chat"
        label={t("files.show")}
        onClick={() => void showMessage(conversationId, messageId)}
      />
      {file.kind === "audio" && <Player file={file} isReachable />}
    </div>
  );
}

/** Loads what comes next as soon as its place is nearly in view. */
function More({ shared }: { readonly shared: SharedFiles }): JSX.Element {
  const mark = useRef<HTMLDivElement>(null);
  const { state } = shared;
  useEffect(() => {
    if (state !== "more" || !mark.current) return;
    const onSeen = (entries: readonly IntersectionObserverEntry[]) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void shared.more();
    };
    const root = mark.current.closest(".dialog-content");
    const observer = new IntersectionObserver(onSeen, { root, rootMargin: "600px" });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [shared, state]);
  return (
    <div ref={mark} class="gallery-more">
      {state === "loading" && <Spinner />}
      {state === "failed" && (
        <p role="alert">
          {t("files.gallery_failed")}{" "}
          <Button onClick={() => void shared.more()}>{t("conversation.try_again")}</Button>
        </p>
      )}
    </div>
  );
}

function onKey(event: KeyboardEvent, chosen: TabName, choose: (name: TabName) => void): void {
  const isForward = event.key === "ArrowRight";
  if (!(isForward || event.key === "ArrowLeft") || !(event.currentTarget instanceof HTMLElement)) return;
  event.preventDefault();
  const along = isForward === (getComputedStyle(event.currentTarget).direction === "ltr") ? 1 : -1;
  const at = TABS.findIndex(({ name }) => name === chosen);
  const next = (at + along + TABS.length) % TABS.length;
  choose(TABS[next]?.name ?? chosen);
  event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
}

/** Pages of a conversation's files as the server has them; their links need not be asked for. */
function loadFrom(conversationId: string): LoadShared {
  return async (kind, cursor) => {
    const query = { conversationId, kind, limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const { uploads, pagination } = await client().request("GET /api/uploads", { query });
    learnLinks(uploads);
    return {
      files: uploads.flatMap((upload) => sharedUpload(upload, kind) ?? []),
      next: pagination.nextCursor,
    };
  };
}
