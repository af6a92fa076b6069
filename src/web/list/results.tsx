import type { JSX } from "preact";
import type { PublicConversation, PublicUser } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { PersonLabel } from "../people/person_label.tsx";
import { joinGroup, writeTo } from "../people/start.ts";
import { client, conversations, fullName, isPersonOnline, titleOf } from "../state/mod.ts";
import { Avatar } from "../ui/mod.ts";
import { matches } from "../search/filter.ts";
import { asUsername, findAll, useSearch } from "../search/found.ts";
import { Rows } from "./rows.tsx";

/** What a search finds: one's own conversations, then people and public groups. `onDone` is called when one is chosen. */
export function Results(
  { query, onDone }: { readonly query: string; readonly onDone: () => void },
): JSX.Element {
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
      {own.length > 0 && <Rows conversations={own} />}
      {people.length > 0 && <FoundPeople people={people} />}
      {groups.length > 0 && <FoundGroups groups={groups} />}
      <p class="sidebar-note" role="status">
        {isSearching ? t("list.searching") : nothing ? t("list.nothing_found", { query: query.trim() }) : ""}
      </p>
    </div>
  );
}

/** Choosing one opens the conversation with them. */
function FoundPeople({ people }: { readonly people: readonly PublicUser[] }): JSX.Element {
  return (
    <section>
      <h2 class="results-title">{t("list.people")}</h2>
      <ul class="rows">
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" class="row" data-row tabIndex={-1} onClick={() => void writeTo(person.id)}>
              <PersonLabel person={person} isOnline={isPersonOnline(person)} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Choosing one joins it. */
function FoundGroups({ groups }: { readonly groups: readonly PublicConversation[] }): JSX.Element {
  return (
    <section>
      <h2 class="results-title">{t("list.groups")}</h2>
      <ul class="rows">
        {groups.map((group) => (
          <li key={group.id}>
            <button type="button" class="row" data-row tabIndex={-1} onClick={() => void joinGroup(group.id)}>
              <Avatar id={group.id} name={group.name ?? ""} />
              <span class="row-text">
                <bdi class="row-title">{group.name ?? t("group.unnamed")}</bdi>
                <span class="row-preview">
                  {t("group.members", { count: group.participantCount })} · {t("discover.join")}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
