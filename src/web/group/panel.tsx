import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { GalleryEntry } from "../files/gallery_entry.tsx";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { PersonDetails } from "../people/person_panel.tsx";
import { client, closePanel, follow, partnerOf, titleOf } from "../state/mod.ts";
import { isMuted, mute } from "../state/muted.ts";
import { Avatar, Button, Checkbox, Dialog } from "../ui/mod.ts";
import { Farewell } from "./farewell.tsx";
import { GroupForm } from "./group_form.tsx";
import { Members } from "./members.tsx";

/** The details of a conversation: the other one of a direct conversation, or a group with its members. */
export function GroupPanel({ conversationId }: { readonly conversationId: string }): JSX.Element | null {
  follow("conversations");
  const conversation = client().conversations.get(conversationId);
  const [isDirty, setDirty] = useState(false);
  if (!conversation) return null;
  const isGroup = conversation.view.type === "group";
  return (
    <Dialog
      title={isGroup ? t("group.details") : t("person.title")}
      place="side"
      onClose={closePanel}
      isDirty={isDirty}
    >
      {isGroup
        ? <Group conversation={conversation} onDirty={setDirty} />
        : <Direct conversation={conversation} />}
    </Dialog>
  );
}

function Direct({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const partner = partnerOf(conversation);
  return (
    <>
      {partner && <PersonDetails person={partner.user} />}
      <GalleryEntry conversation={conversation} />
      <section class="panel-section">
        <Notices conversation={conversation} />
        <Farewell conversation={conversation} />
      </section>
    </>
  );
}

interface GroupProps {
  readonly conversation: Conversation;
  readonly onDirty: (isDirty: boolean) => void;
}

function Group({ conversation, onDirty }: GroupProps): JSX.Element {
  follow("conversation", conversation.id);
  const { view } = conversation;
  const [editing, setEditing] = useState(false);
  const done = () => {
    setEditing(false);
    onDirty(false);
  };
  if (editing) return <GroupForm conversation={conversation} onDirty={onDirty} onDone={done} />;
  const title = titleOf(conversation);
  return (
    <div class="panel">
      <header class="panel-head">
        <Avatar id={conversation.id} name={title} size="huge" />
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <p class="soft">
          {t("group.members", { count: view.participantCount })}
          {view.settings.isPublic && ` · ${t("group.public_short")}`}
        </p>
        {view.description && <p class="panel-text" dir="auto">{view.description}</p>}
        {view.role !== "member" && (
          <Button icon="edit" onClick={() => setEditing(true)}>{t("group.edit")}</Button>
        )}
      </header>
      <section class="panel-section">
        <Notices conversation={conversation} />
      </section>
      <GalleryEntry conversation={conversation} />
      <Members conversation={conversation} />
      <section class="panel-section">
        <Farewell conversation={conversation} />
      </section>
    </div>
  );
}

function Notices({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  return (
    <Checkbox
      label={t("group.notices")}
      hint={t("group.notices_hint")}
      checked={!isMuted(conversation)}
      onChange={(wanted) => void tell(() => mute(conversation, !wanted))}
    />
  );
}
