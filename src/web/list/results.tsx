import type { JSX } from "preact";
import type { PublicConversation, PublicUser } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { PersonLabel } from "../people/person_label.tsx";
import { joinGroup, writeTo } from "../people/start.ts";
import { isPersonOnline } from "../state/mod.ts";
import { Avatar } from "../ui/mod.ts";

/** People that the search has found; choosing one opens the conversation with them. */
export function FoundPeople({ people }: { readonly people: readonly PublicUser[] }): JSX.Element {
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

/** Public groups that the search has found; choosing one joins it. */
export function FoundGroups({ groups }: { readonly groups: readonly PublicConversation[] }): JSX.Element {
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
