import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatNumber, t } from "../i18n/mod.ts";
import { follow } from "../state/mod.ts";
import { IconButton } from "../ui/mod.ts";
import { hitsIn } from "./hits.ts";
import type { Stage } from "./stage.ts";

/** Looks for a text in what is loaded, from the latest hit to older ones. */
export function Find({ stage }: { readonly stage: Stage }): JSX.Element {
  const { conversation, search, rows } = stage;
  follow("messages", conversation.id);
  const query = search.value ?? "";
  const hits = useMemo(() => hitsIn(rows, query), [rows, query]);
  const [place, setPlace] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  // Both before the next key, which would go elsewhere, or on from another hit.
  useLayoutEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => go(0), [query]);
  const go = (wanted: number) => {
    const next = (wanted + hits.length) % Math.max(hits.length, 1);
    const key = hits[next];
    setPlace(next);
    if (key !== undefined) stage.show(key);
  };
  const close = () => {
    search.value = undefined;
    stage.focusInput();
  };
  return (
    <div
      class="find"
      role="search"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <input
        ref={input}
        class="input"
        type="search"
        dir="auto"
        placeholder={t("conversation.search")}
        aria-label={t("conversation.search")}
        value={query}
        onInput={({ currentTarget }) => search.value = currentTarget.value}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) go(place + (event.shiftKey ? -1 : 1));
        }}
      />
      <span class="find-place" role="status">{query && placeText(place, hits.length)}</span>
      <IconButton
        icon="chevron_down"
        class="find-up"
        label={t("conversation.search_previous")}
        disabled={hits.length === 0}
        onClick={() => go(place + 1)}
      />
      <IconButton
        icon="chevron_down"
        label={t("conversation.search_next")}
        disabled={hits.length === 0}
        onClick={() => go(place - 1)}
      />
      <IconButton icon="close" label={t("conversation.search_close")} onClick={close} />
      {conversation.hasOlder && query && <p class="find-note">{t("conversation.search_more")}</p>}
    </div>
  );
}

function placeText(place: number, count: number): string {
  if (count === 0) return t("conversation.search_none");
  return t("conversation.search_place", { place: formatNumber(place + 1), count: formatNumber(count) });
}
