import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PublicUser } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { asUsername, findPeople, useSearch } from "../search/found.ts";
import { matches } from "../search/filter.ts";
import { contacts, loadContacts } from "../state/contacts.ts";
import { fullName, isPersonOnline } from "../state/mod.ts";
import { Field, Icon } from "../ui/mod.ts";
import { PersonLabel } from "./person_label.tsx";

export interface PickerProps {
  /** Those who are chosen already, shown with a tick. */
  readonly chosen: ReadonlySet<string>;
  /** Those who cannot be chosen. */
  readonly without?: ReadonlySet<string>;
  readonly onChoose: (person: PublicUser) => void;
  readonly children?: ComponentChildren;
}

/** Finds people: one's contacts first, then anyone by user name. */
export function PeoplePicker({ chosen, without = new Set(), onChoose, children }: PickerProps): JSX.Element {
  const [query, setQuery] = useState("");
  const wanted = asUsername(query);
  const { found = [], isSearching } = useSearch(wanted, findPeople);
  useEffect(() => void loadContacts().catch(() => {}), []);
  const known = contacts.value.filter((person) => matches(wanted, [fullName(person), person.username]));
  const people = [...known, ...found.filter(({ id }) => !known.some((contact) => contact.id === id))]
    .filter(({ id }) => !without.has(id));
  return (
    <div class="picker">
      <Field
        label={t("people.find")}
        hint={t("people.find_hint")}
        type="search"
        autoComplete="off"
        autoFocus
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault(); // it is no answer to the form around
          const [first] = people;
          if (first && wanted) onChoose(first);
        }}
      />
      {children}
      <ul class="picker-list" aria-label={t("list.people")}>
        {people.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              class="row"
              aria-pressed={chosen.has(person.id)}
              onClick={() => onChoose(person)}
            >
              <PersonLabel person={person} isOnline={isPersonOnline(person)} />
              {chosen.has(person.id) && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      <p class="sidebar-note" role="status">
        {people.length === 0 && wanted &&
          (isSearching ? t("list.searching") : t("list.nothing_found", { query: wanted }))}
      </p>
    </div>
  );
}
