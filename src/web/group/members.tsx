import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Conversation, Participant, Role } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { matches } from "../search/filter.ts";
import { follow, fullName, me, openPerson, presenceOf } from "../state/mod.ts";
import { Avatar, Button, ConfirmDialog, Field, Menu } from "../ui/mod.ts";
import type { MenuEntry } from "../ui/mod.ts";
import { writeTo } from "../people/start.ts";
import { AddMembers } from "./add_members.tsx";
import { useMembers } from "./all_members.ts";
import { mayAdd, mayRemove, rolesFor } from "./rules.ts";

/** From how many members on they can be searched. */
const SEARCH_FROM = 12;

/** The members of a group, and what one may do with them. */
export function Members({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  follow("conversation", conversation.id);
  const [query, setQuery] = useState("");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Participant>();
  const { members, hasMore, loadMore, amend } = useMembers(conversation);
  const shown = members.filter(({ user }) => matches(query, [fullName(user), user.username]));
  return (
    <section class="panel-section">
      <header class="section-head">
        <h3>{t("group.members_title")}</h3>
        {mayAdd(conversation.view) && (
          <Button variant="quiet" icon="user_add" onClick={() => setAdding(true)}>{t("group.add")}</Button>
        )}
      </header>
      {members.length >= SEARCH_FROM && (
        <Field
          label={t("group.find_member")}
          type="search"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      )}
      <ul class="members">
        {shown.map((member) => (
          <Member
            key={member.userId}
            member={member}
            ownRole={conversation.view.role}
            onRemove={() => setRemoving(member)}
            onRole={async (role) => {
              if (await tell(() => conversation.setRole(member.userId, role))) amend(member.userId, role);
            }}
          />
        ))}
      </ul>
      {hasMore && <Button class="button-wide" onClick={() => void tell(loadMore)}>{t("ui.more")}</Button>}
      {adding && (
        <AddMembers
          conversation={conversation}
          present={new Set(members.map(({ userId }) => userId))}
          onClose={() => setAdding(false)}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={t("group.remove_title", { name: fullName(removing.user) })}
          text={t("group.remove_text")}
          action={t("group.remove")}
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            if (!await tell(() => conversation.removeParticipant(removing.userId))) return;
            amend(removing.userId, undefined);
            setRemoving(undefined);
          }}
        />
      )}
    </section>
  );
}

interface MemberProps {
  readonly member: Participant;
  /** What the reader is in the group. */
  readonly ownRole: Role;
  readonly onRemove: () => void;
  readonly onRole: (role: Role) => void;
}

function Member({ member: { userId, user, role }, ownRole, onRemove, onRole }: MemberProps): JSX.Element {
  const isMe = userId === me.value?.id;
  const name = fullName(user);
  const entries: MenuEntry[] = [
    { label: t("person.view"), icon: "user", onSelect: () => openPerson(userId) },
    { label: t("person.write"), icon: "chat", onSelect: () => void writeTo(userId) },
    ...rolesFor(ownRole, role).map((next): MenuEntry => ({
      label: t(`role.make_${next}`),
      icon: "shield",
      onSelect: () => onRole(next),
    })),
  ];
  if (mayRemove(ownRole, role)) {
    entries.push({ label: t("group.remove"), icon: "block", danger: true, onSelect: onRemove });
  }
  return (
    <li class="member">
      <Avatar
        id={userId}
        name={name}
        src={user.avatar}
        size="small"
        isOnline={presenceOf(userId)?.isOnline}
      />
      <span class="row-text">
        <bdi class="row-title">{isMe ? t("group.you", { name }) : name}</bdi>
        <span class="row-preview">
          {role === "member" ? `@${user.username}` : `@${user.username} · ${t(`role.${role}`)}`}
        </span>
      </span>
      {!isMe && <Menu label={t("group.member_menu", { name })} entries={entries} />}
    </li>
  );
}
