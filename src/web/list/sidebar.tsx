import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import {
  client,
  conversations,
  follow,
  fullName,
  me,
  navigate,
  openPanel,
  route,
  titleOf,
} from "../state/mod.ts";
import { Avatar, Button, Icon, Menu, Spinner } from "../ui/mod.ts";
import { ScenePicture } from "../shell/scene.tsx";
import { logout } from "../shell/session.ts";
import { moveByArrows } from "./arrows.ts";
import { matches } from "./filter.ts";
import { asUsername, findAll, useSearch } from "./found.ts";
import { FoundGroups, FoundPeople } from "./results.tsx";
import { Row } from "./row.tsx";

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
            if (event.key === "Enter") list.current?.querySelector<HTMLElement>("[data-row]")?.click();
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

function Self(): JSX.Element | null {
  const user = me.value;
  if (!user) return null;
  const name = fullName({ ...user.profile, username: user.username });
  return (
    <header class="self">
      <a class="self-card" href="/settings/profile" title={t("settings.title")}>
        <Avatar id={user.id} name={name} src={user.profile.avatar} size="small" />
        <bdi>{name}</bdi>
      </a>
      <Menu
        label={t("list.menu")}
        icon="settings"
        entries={[
          { label: t("settings.title"), icon: "settings", onSelect: () => navigate({ screen: "settings" }) },
          { label: t("help.title"), icon: "info", onSelect: () => openPanel({ kind: "help" }) },
          { label: t("auth.logout"), icon: "door", onSelect: () => void logout() },
        ]}
      />
      <Menu
        label={t("list.new")}
        icon="edit"
        entries={[
          { label: t("new.direct"), icon: "chat", onSelect: () => openPanel({ kind: "new_direct" }) },
          { label: t("new.group"), icon: "group", onSelect: () => openPanel({ kind: "new_group" }) },
          { label: t("discover.title"), icon: "compass", onSelect: () => openPanel({ kind: "discover" }) },
        ]}
      />
    </header>
  );
}

function Conversations(): JSX.Element {
  const all = conversations();
  if (!client().conversations.loaded && all.length === 0) {
    return (
      <div class="sidebar-empty">
        <Spinner />
      </div>
    );
  }
  if (all.length === 0) return <NoConversations />;
  return <Rows conversations={all} label={t("list.title")} />;
}

function Rows(
  { conversations, label }: { readonly conversations: readonly Conversation[]; readonly label: string },
): JSX.Element {
  follow("conversations");
  const here = route.value.screen === "conversation" ? route.value.id : undefined;
  const stop = conversations.some(({ id }) => id === here) ? here : conversations[0]?.id;
  return (
    <ul class="rows" aria-label={label}>
      {conversations.map((conversation) => (
        <Row
          key={conversation.id}
          conversation={conversation}
          view={conversation.view}
          isSelected={conversation.id === here}
          isStop={conversation.id === stop}
        />
      ))}
    </ul>
  );
}

function Results({ query, onDone }: { readonly query: string; readonly onDone: () => void }): JSX.Element {
  const { found, isSearching } = useSearch(asUsername(query), findAll);
  const own = conversations().filter((conversation) =>
    matches(query, [
      titleOf(conversation),
      ...conversation.participants.flatMap(({ user }) => [fullName(user), user.username]),
    ])
  );
  const people = found?.people ?? [];
  const groups = found?.groups.filter(({ id }) => !client().conversations.get(id)) ?? [];
  const nothing = own.length + people.length + groups.length === 0;
  return (
    <div class="results" onClick={onDone}>
      {own.length > 0 && <Rows conversations={own} label={t("list.title")} />}
      {people.length > 0 && <FoundPeople people={people} />}
      {groups.length > 0 && <FoundGroups groups={groups} />}
      <p class="sidebar-note" role="status">
        {isSearching ? t("list.searching") : nothing ? t("list.nothing_found", { query: query.trim() }) : ""}
      </p>
    </div>
  );
}

function NoConversations(): JSX.Element {
  return (
    <div class="sidebar-empty">
      <ScenePicture />
      <h2>{t("list.empty_title")}</h2>
      <p>{t("list.empty_text")}</p>
      <Button icon="chat" variant="primary" onClick={() => openPanel({ kind: "new_direct" })}>
        {t("new.direct")}
      </Button>
      <Button icon="compass" variant="quiet" onClick={() => openPanel({ kind: "discover" })}>
        {t("discover.title")}
      </Button>
    </div>
  );
}
