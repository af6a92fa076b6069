import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PublicUser, UserCard } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { formatAgo, t } from "../i18n/mod.ts";
import {
  addContact,
  block,
  blockedPeople,
  contacts,
  loadContacts,
  removeContact,
  unblock,
} from "../state/contacts.ts";
import { client, closePanel, fullName, me, online, personOf, presenceOf } from "../state/mod.ts";
import { Avatar, Button, ConfirmDialog, Dialog, Spinner, toast } from "../ui/mod.ts";
import { writeTo } from "./start.ts";

/** What there is to know of a person, in a panel of its own. */
export function PersonPanel({ userId }: { readonly userId: string }): JSX.Element {
  const person = personOf(userId);
  return (
    <Dialog title={t("person.title")} place="side" onClose={closePanel}>
      {person ? <PersonDetails person={person} canWrite /> : <Spinner />}
    </Dialog>
  );
}

/** Name, picture and presence of a person, and what one can do about them. */
export function PersonDetails(
  { person, canWrite = false }: { readonly person: UserCard; readonly canWrite?: boolean },
): JSX.Element {
  const isMe = me.value?.id === person.id;
  return (
    <div class="panel">
      <header class="panel-head">
        <Avatar id={person.id} name={fullName(person)} src={person.avatar} size="huge" />
        <h3>
          <bdi>{fullName(person)}</bdi>
        </h3>
        <p class="soft">@{person.username}</p>
        {!isMe && <PresenceLine userId={person.id} />}
      </header>
      {!isMe && (
        <div class="panel-actions">
          {canWrite && (
            <Button variant="primary" icon="chat" onClick={() => void writeTo(person.id)}>
              {t("person.write")}
            </Button>
          )}
          <ContactButton person={person} />
          <BlockButton person={person} />
        </div>
      )}
    </div>
  );
}

/** Online, or when last seen, as far as the person shows it; nothing while the line is down. */
function PresenceLine({ userId }: { readonly userId: string }): JSX.Element | null {
  const shown = usePublic(userId);
  const { isOnline = shown?.isOnline, lastSeen = shown?.lastSeen } = presenceOf(userId) ?? {};
  if (isOnline) return <p class="online-line">{t("person.online")}</p>;
  return lastSeen ? <p class="soft">{t("person.last_seen", { ago: formatAgo(lastSeen) })}</p> : null;
}

function ContactButton({ person }: { readonly person: UserCard }): JSX.Element {
  useEffect(() => void loadContacts().catch(() => {}), []);
  const isContact = contacts.value.some(({ id }) => id === person.id);
  if (isContact) {
    return (
      <Button icon="check" onClick={() => void tell(() => removeContact(person.id))}>
        {t("person.remove_contact")}
      </Button>
    );
  }
  return (
    <Button icon="user_add" onClick={() => void tell(() => addContact(person.id))}>
      {t("person.add_contact")}
    </Button>
  );
}

function BlockButton({ person }: { readonly person: UserCard }): JSX.Element {
  const [asking, setAsking] = useState(false);
  const name = fullName(person);
  if (blockedPeople.value.some(({ id }) => id === person.id)) {
    return (
      <Button icon="block" onClick={() => void tell(() => unblock(person.id))}>{t("person.unblock")}</Button>
    );
  }
  return (
    <>
      <Button icon="block" class="button-warn" onClick={() => setAsking(true)}>{t("person.block")}</Button>
      {asking && (
        <ConfirmDialog
          title={t("person.block_title", { name })}
          text={t("person.block_text")}
          action={t("person.block")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            if (!await tell(() => block(person))) return;
            setAsking(false);
            toast(t("person.blocked", { name }));
          }}
        />
      )}
    </>
  );
}

/** What the server shows of a person; asked anew whenever the line is back. */
function usePublic(userId: string): PublicUser | undefined {
  const [shown, setShown] = useState<PublicUser>();
  const isReached = online.value;
  useEffect(() => {
    if (!isReached) return setShown(undefined);
    let stays = true;
    client().request("GET /api/users/:id", { params: { id: userId } })
      .then((user) => stays && setShown(user), () => {});
    return () => {
      stays = false;
    };
  }, [userId, isReached]);
  return shown;
}
