import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PublicUser } from "../../client/mod.ts";
import { FormFailure } from "../form/failure.tsx";
import { useForm } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { client, closePanel, fullName, navigate } from "../state/mod.ts";
import { Avatar, Button, Checkbox, Dialog, Field, Icon, TextAreaField } from "../ui/mod.ts";
import { PeoplePicker } from "./picker.tsx";

/** A new group: what it is called, and who is in it. */
export function NewGroup(): JSX.Element {
  const [people, setPeople] = useState<readonly PublicUser[]>([]);
  const form = useForm(
    { name: "", description: "", isPublic: false as boolean },
    async ({ name, description, isPublic }) => {
      const { id } = await client().conversations.create({
        type: "group",
        name: name.trim() || null,
        description: description.trim() || null,
        participants: people.map((person) => person.id),
        settings: { isPublic },
      });
      closePanel();
      navigate({ screen: "conversation", id });
    },
  );
  const toggle = (person: PublicUser) =>
    setPeople(
      people.some(({ id }) => id === person.id)
        ? people.filter(({ id }) => id !== person.id)
        : [...people, person],
    );
  return (
    <Dialog title={t("new.group")} onClose={closePanel} isDirty={form.isDirty || people.length > 0}>
      <form class="form" onSubmit={form.submit} noValidate>
        <Field label={t("group.name")} autoFocus dir="auto" maxLength={100} {...form.text("name")} />
        <TextAreaField label={t("group.description")} dir="auto" {...form.text("description")} />
        <Checkbox
          label={t("group.public")}
          hint={t("group.public_hint")}
          checked={form.values.isPublic}
          onChange={(checked) => form.set("isPublic", checked)}
        />
        <PeoplePicker chosen={new Set(people.map(({ id }) => id))} onChoose={toggle}>
          <Chips people={people} onRemove={toggle} />
        </PeoplePicker>
        <FormFailure text={form.failure} />
        <footer class="dialog-actions">
          <Button type="submit" variant="primary" busy={form.busy}>{t("new.create_group")}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface ChipsProps {
  readonly people: readonly PublicUser[];
  readonly onRemove: (person: PublicUser) => void;
}

function Chips({ people, onRemove }: ChipsProps): JSX.Element | null {
  if (people.length === 0) return null;
  return (
    <ul class="chips" aria-label={t("new.chosen")}>
      {people.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            class="chip"
            aria-label={t("new.unchoose", { name: fullName(person) })}
            onClick={() => onRemove(person)}
          >
            <Avatar id={person.id} name={fullName(person)} src={person.avatar} size="small" />
            <bdi>{fullName(person)}</bdi>
            <Icon name="close" small />
          </button>
        </li>
      ))}
    </ul>
  );
}
