import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { client, follow, online } from "../state/mod.ts";
import { Scene, Spinner } from "../ui/mod.ts";
import { onHistoryKey, onHistoryMenu } from "./history_keys.ts";
import { Jumps } from "./jumps.tsx";
import { RowView, TryAgain } from "./row.tsx";
import type { Row } from "./rows.ts";
import { buildRows } from "./rows.ts";
import type { Stage } from "./stage.ts";
import { useArrivals } from "./use_arrivals.ts";

/** The messages, of which only those near the view are in the document. */
export function History({ stage }: { readonly stage: Stage }): JSX.Element {
  const { conversation, scroller } = stage;
  follow("messages", conversation.id);
  const rows = useRows(stage);
  const { first, last } = scroller.draw(rows, !conversation.hasNewer);
  const drawnRows = rows.slice(first, last + 1);
  const shown = useVnodes(drawnRows, stage);
  const box = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!box.current || !track.current || !drawn.current) return;
    return scroller.attach({ box: box.current, track: track.current, drawn: drawn.current });
  }, [scroller]);
  useLayoutEffect(() => scroller.settle());
  useLayoutEffect(() => {
    // The row with the focus has been scrolled out of the document.
    const isLost = stage.isInside && document.activeElement === document.body;
    if (isLost) box.current?.focus({ preventScroll: true });
  });
  useLook(stage);
  const arrivals = useArrivals(client(), conversation.id, stage.userId);
  return (
    <div class="history">
      <div
        ref={box}
        class="history-box"
        // A feed has articles: without any it is nothing for those who listen.
        role={drawnRows.some(({ kind }) => kind === "message") ? "feed" : "group"}
        aria-label={t("conversation.history")}
        aria-busy={stage.loading.value !== undefined}
        tabIndex={rows.length > 0 ? 0 : -1}
        onKeyDown={(event) => onHistoryKey(stage, event)}
        onContextMenu={(event) => onHistoryMenu(stage, event)}
        onFocusIn={({ currentTarget, target }) => onFocus(stage, currentTarget, target)}
        onFocusOut={({ currentTarget, relatedTarget }) => {
          currentTarget.tabIndex = 0;
          stage.isInside = false;
          if (relatedTarget && keyAt(relatedTarget) === undefined) stage.pointed.value = undefined;
        }}
        onPointerOver={({ target, pointerType }) => {
          if (pointerType === "mouse") stage.pointed.value = keyAt(target);
        }}
        onPointerLeave={({ pointerType }) => {
          if (pointerType === "mouse") stage.pointed.value = undefined;
        }}
      >
        <div ref={track} class="history-track">
          <div ref={drawn} class="history-drawn">{shown}</div>
        </div>
      </div>
      {rows.length === 0 && <Empty stage={stage} />}
      <Jumps stage={stage} />
      <div class="visually-hidden" role="log" aria-live="polite">
        {arrivals.map(({ id, text }) => <p key={id}>{text}</p>)}
      </div>
    </div>
  );
}

function useRows(stage: Stage): readonly Row[] {
  const { conversation, userId } = stage;
  const { messages, hasOlder } = conversation;
  const readUpTo = stage.readUpTo.value;
  const rows = useMemo(
    () => buildRows(messages, { userId, hasOlder, readUpTo }, stage.rows),
    [messages, hasOlder, readUpTo, stage],
  );
  stage.rows = rows;
  return rows;
}

/** A row that is the same object gets the same node, which is then not even compared. */
function useVnodes(rows: readonly Row[], stage: Stage): JSX.Element[] {
  const kept = useRef(new Map<Row, JSX.Element>());
  const nodes = new Map(
    rows.map((row) => [row, kept.current.get(row) ?? <RowView key={row.key} row={row} stage={stage} />]),
  );
  kept.current = nodes;
  return [...nodes.values()];
}

/** What comes into view is seen when the page is looked at; and what comes while it is not is new. */
function useLook(stage: Stage): void {
  const isOnline = online.value;
  useEffect(() => {
    const look = () => stage.look();
    const away = () => {
      const { unread, seq } = stage.conversation.view;
      if (unread === 0) stage.readUpTo.value = seq;
    };
    addEventListener("focus", look);
    addEventListener("blur", away);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      removeEventListener("blur", away);
      document.removeEventListener("visibilitychange", look);
    };
  }, [stage]);
  useEffect(() => {
    if (isOnline && stage.failed.value) stage.tryAgain();
  }, [isOnline]);
}

/** The box hands the keyboard on to the row that it was on last; while it is inside, Tab leads out of the history. */
function onFocus(stage: Stage, box: HTMLElement, target: EventTarget | null): void {
  box.tabIndex = -1;
  stage.isInside = true;
  const key = keyAt(target);
  if (key !== undefined) {
    stage.activeKey = key;
    stage.pointed.value = key;
  } else if (box.matches(":focus-visible")) focusActive(stage, box);
}

/** The row that something is in. */
function keyAt(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>("[data-key]")?.dataset.key : undefined;
}

function focusActive(stage: Stage, box: HTMLElement): void {
  const rows = [...box.querySelectorAll<HTMLElement>(".entry-message")];
  const bottom = box.getBoundingClientRect().bottom;
  const active = rows.find((row) => row.dataset.key === stage.activeKey) ??
    rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1) ?? rows.at(-1);
  active?.focus({ preventScroll: true });
}

function Empty({ stage }: { readonly stage: Stage }): JSX.Element {
  const { seq, firstSeq } = stage.conversation.view;
  const hasMessages = seq >= firstSeq && seq > 0;
  const isWaiting = online.value && !stage.failed.value;
  return (
    <div class="history-empty">
      {!hasMessages
        ? <Scene title={t("conversation.empty_title")} text={t("conversation.empty_text")} />
        : isWaiting
        ? <Spinner />
        : <TryAgain stage={stage} />}
    </div>
  );
}
