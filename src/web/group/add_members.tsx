import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Conversation, PublicUser } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { PeoplePicker } from "../people/picker.tsx";
import { fullName } from "../state/mod.ts";
import { announce, Dialog } from "../ui/mod.ts";

export interface AddMembersProps {
  readonly conversation: Conversation;
  readonly present: ReadonlySet<string>;
  readonly onClose: () => void;
}

/** Takes people into a group, one by one as they are chosen. */
export function AddMembers({ conversation, present, onClose }: AddMembersProps): JSX.Element {
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const add = async (person: PublicUser) => {
    if (added.has(person.id)) return;
    if (!await tell(() => conversation.addParticipant(person.id))) return;
    setAdded((before) => new Set(before).add(person.id));
    announce(t("group.added", { name: fullName(person) }));
  };
  return (
    <Dialog title={t("group.add")} onClose={onClose}>
      <PeoplePicker
        chosen={added}
        without={new Set([...present].filter((id) => !added.has(id)))}
        onChoose={(person) => void add(person)}
      />
    </Dialog>
  );
}
