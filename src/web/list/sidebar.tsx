import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { route } from "../state/mod.ts";
import { Icon } from "../ui/mod.ts";
import { moveByArrows } from "./arrows.ts";
import { Results } from "./results.tsx";
import { Conversations } from "./rows.tsx";
import { Self } from "./self.tsx";

/** The reader, a search, and the conversations. */
export function Sidebar(): JSX.Element {
  const [query, setQuery] = useState("");
  const list = useRef<HTMLDivElement>(null);
  useReturn(list);
  return (
    <aside class="sidebar" aria-label={t("list.title")}>
      <Self />
      <div class="search" role="search">
        <Icon name="search" small />
        <input
          id="search"
          class="input"
          type="search"
          placeholder={t("list.search")}
          aria-label={t("list.search")}
          aria-keyshortcuts="Control+K Meta+K"
          autoComplete="off"
          dir="auto"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") moveByArrows(event, list.current);
            if (event.key === "Enter") {
              // Else it begins a line where the caret is then.
              event.preventDefault();
              list.current?.querySelector<HTMLElement>("[data-row]")?.click();
            }
            if (event.key === "Escape" && query) {
              event.preventDefault();
              setQuery("");
            }
          }}
        />
      </div>
      <div class="sidebar-list" ref={list} onKeyDown={(event) => moveByArrows(event, list.current)}>
        {query.trim() ? <Results query={query} onDone={() => setQuery("")} /> : <Conversations />}
      </div>
    </aside>
  );
}

/** On a narrow screen, coming back from a conversation has the keyboard where it left the list. */
function useReturn(list: { readonly current: HTMLElement | null }): void {
  const here = route.value;
  const last = useRef("");
  useEffect(() => {
    if (here.screen === "conversation") last.current = here.id;
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (here.screen !== "home" || !last.current || !isLost) return;
    list.current?.querySelector<HTMLElement>(`[href="/c/${last.current}"]`)?.focus();
  }, [here]);
}
