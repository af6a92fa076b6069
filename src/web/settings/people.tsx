import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { UserCard } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { PersonLabel } from "../people/person_label.tsx";
import { PeoplePicker } from "../people/picker.tsx";
import { writeTo } from "../people/start.ts";
import {
  addContact,
  blockedPeople,
  contacts,
  loadContacts,
  removeContact,
  unblock,
} from "../state/contacts.ts";
import { fullName, openPerson } from "../state/mod.ts";
import { Button, Dialog, Menu } from "../ui/mod.ts";
import type { MenuEntry } from "../ui/mod.ts";
import { Section } from "./section.tsx";

/** Contacts, and those who were blocked. */
export function People(): JSX.Element {
  const [adding, setAdding] = useState(false);
  useEffect(() => void tell(loadContacts), []);
  return (
    <>
      <Section title={t("people.contacts")} text={t("people.contacts_text")}>
        <PersonList
          people={contacts.value}
          empty={t("people.no_contacts")}
          entriesOf={({ id }) => [
            { label: t("person.view"), icon: "user", onSelect: () => openPerson(id) },
            { label: t("person.write"), icon: "chat", onSelect: () => void writeTo(id) },
            {
              label: t("person.remove_contact"),
              icon: "trash",
              danger: true,
              onSelect: () => void tell(() => removeContact(id)),
            },
          ]}
        />
        <footer class="form-actions">
          <Button icon="user_add" onClick={() => setAdding(true)}>{t("person.add_contact")}</Button>
        </footer>
      </Section>
      <Section title={t("people.blocked")} text={t("people.blocked_text")}>
        <PersonList
          people={blockedPeople.value}
          empty={t("people.no_blocked")}
          entriesOf={({ id }) => [
            { label: t("person.view"), icon: "user", onSelect: () => openPerson(id) },
            { label: t("person.unblock"), icon: "check", onSelect: () => void tell(() => unblock(id)) },
          ]}
        />
      </Section>
      {adding && (
        <Dialog title={t("person.add_contact")} onClose={() => setAdding(false)}>
          <PeoplePicker
            chosen={new Set(contacts.value.map(({ id }) => id))}
            onChoose={({ id }) => void tell(() => addContact(id))}
          />
        </Dialog>
      )}
    </>
  );
}

interface PersonListProps {
  readonly people: readonly UserCard[];
  /** What is said when there is nobody. */
  readonly empty: string;
  readonly entriesOf: (person: UserCard) => MenuEntry[];
}

function PersonList({ people, empty, entriesOf }: PersonListProps): JSX.Element {
  if (people.length === 0) return <p class="soft">{empty}</p>;
  return (
    <ul class="members">
      {people.map((person) => (
        <li key={person.id} class="member">
          <PersonLabel person={person} size="small" />
          <Menu label={t("group.member_menu", { name: fullName(person) })} entries={entriesOf(person)} />
        </li>
      ))}
    </ul>
  );
}
