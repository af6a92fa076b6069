import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PublicConversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { findGroups, useSearch } from "../search/found.ts";
import { client, closePanel, navigate } from "../state/mod.ts";
import { Avatar, Button, Dialog, Field } from "../ui/mod.ts";
import { joinGroup } from "./start.ts";

/** The public groups, to be joined. */
export function Discover(): JSX.Element {
  const [query, setQuery] = useState("");
  const { found: groups } = useSearch(query.trim(), findGroups);
  return (
    <Dialog title={t("discover.title")} onClose={closePanel}>
      <Field
        label={t("discover.search")}
        type="search"
        autoComplete="off"
        autoFocus
        dir="auto"
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value)}
      />
      <ul class="picker-list">
        {groups?.map((group) => <Group key={group.id} group={group} />)}
      </ul>
      <p class="sidebar-note" role="status">
        {!groups ? t("list.searching") : groups.length === 0 ? t("discover.none") : ""}
      </p>
    </Dialog>
  );
}

function Group({ group }: { readonly group: PublicConversation }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const name = group.name ?? t("group.unnamed");
  const isMember = client().conversations.get(group.id) !== undefined;
  const enter = async () => {
    if (isMember) {
      closePanel();
      return navigate({ screen: "conversation", id: group.id });
    }
    setBusy(true);
    await joinGroup(group.id);
    setBusy(false);
  };
  return (
    <li class="row row-still">
      <Avatar id={group.id} name={name} />
      <span class="row-text">
        <bdi class="row-title">{name}</bdi>
        <span class="row-preview" dir="auto">
          {group.description ?? t("group.members", { count: group.participantCount })}
        </span>
      </span>
      <Button busy={busy} onClick={enter}>{isMember ? t("discover.open") : t("discover.join")}</Button>
    </li>
  );
}
