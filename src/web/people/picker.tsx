import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PublicUser } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { findPeople } from "../list/found.ts";
import { matches } from "../list/filter.ts";
import { contacts, loadContacts } from "../state/contacts.ts";
import { fullName, isPersonOnline } from "../state/mod.ts";
import { Avatar, Field, Icon } from "../ui/mod.ts";

export interface PickerProps {
  /** Those who are chosen already, shown with a tick. */
  readonly chosen: ReadonlySet<string>;
  /** Those who cannot be chosen. */
  readonly without?: ReadonlySet<string>;
  readonly onChoose: (person: PublicUser) => void;
  readonly children?: ComponentChildren;
}

const PAUSE_MS = 200;

/** Finds people: one's contacts first, then anyone by user name. */
export function PeoplePicker({ chosen, without = new Set(), onChoose, children }: PickerProps): JSX.Element {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly PublicUser[]>([]);
  const [searched, setSearched] = useState("");
  const wanted = query.trim().replace(/^@/, "");
  useEffect(() => void loadContacts().catch(() => {}), []);
  useEffect(() => {
    const aborted = new AbortController();
    const timer = setTimeout(async () => {
      const people = wanted ? await findPeople(wanted, aborted.signal) : [];
      if (aborted.signal.aborted) return;
      setFound(people);
      setSearched(wanted);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [wanted]);
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
              <Avatar
                id={person.id}
                name={fullName(person)}
                src={person.avatar}
                isOnline={isPersonOnline(person)}
              />
              <span class="row-text">
                <bdi class="row-title">{fullName(person)}</bdi>
                <span class="row-preview">@{person.username}</span>
              </span>
              {chosen.has(person.id) && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      <p class="sidebar-note" role="status">
        {people.length === 0 && wanted &&
          (searched === wanted ? t("list.nothing_found", { query: wanted }) : t("list.searching"))}
      </p>
    </div>
  );
}
