import type { JSX } from "preact";
import { formatAgo, t } from "../i18n/mod.ts";
import {
  fullName,
  nameOf,
  navigate,
  openGroupPanel,
  partnerOf,
  personOf,
  presenceOf,
  titleOf,
} from "../state/mod.ts";
import { follow } from "../state/mod.ts";
import { Avatar, IconButton } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";

/** Whom one talks with and what they are doing, and ways to everything around the messages. */
export function Header({ stage }: { readonly stage: Stage }): JSX.Element {
  const { conversation, search } = stage;
  const title = titleOf(conversation);
  const partner = partnerOf(conversation);
  const details = () => openGroupPanel(conversation.id);
  return (
    <header class="conversation-header">
      <IconButton
        class="conversation-back"
        icon="back"
        label={t("conversation.back")}
        onClick={() => navigate({ screen: "home" })}
      />
      <button type="button" class="conversation-title" onClick={details}>
        <Avatar
          id={partner?.userId ?? conversation.id}
          name={title}
          src={partner?.user.avatar}
          isOnline={partner && presenceOf(partner.userId)?.isOnline}
        />
        <span>
          <h1>
            <bdi>{title}</bdi>
          </h1>
          <Doing stage={stage} />
        </span>
      </button>
      <IconButton
        icon="search"
        label={t("conversation.search")}
        keys="Ctrl F"
        aria-pressed={search.value !== undefined}
        onClick={() => search.value = search.value === undefined ? "" : undefined}
      />
      <IconButton
        icon="pin"
        label={t("conversation.pinned")}
        onClick={() => stage.asked.value = { kind: "pinned" }}
      />
      <IconButton icon="info" label={t("conversation.details")} onClick={details} />
    </header>
  );
}

/** Who is typing, else who is there. */
function Doing({ stage: { conversation } }: { readonly stage: Stage }): JSX.Element {
  follow("typing", conversation.id);
  follow("conversation", conversation.id);
  const { typing, view } = conversation;
  const partner = partnerOf(conversation);
  if (typing.length > 0) {
    return <span class="conversation-doing conversation-typing">{typingText(typing)}</span>;
  }
  const words = view.type === "group"
    ? t("group.members", { count: view.participantCount })
    : presenceText(partner?.userId);
  return <span class="conversation-doing">{words}</span>;
}

function typingText(userIds: readonly string[]): string {
  const [first = "", second = ""] = userIds;
  if (userIds.length === 1) return t("conversation.typing_one", { name: shortName(first) });
  if (userIds.length > 2) return t("conversation.typing_many");
  return t("conversation.typing_two", { first: shortName(first), second: shortName(second) });
}

function presenceText(userId: string | undefined): string {
  const presence = userId === undefined ? undefined : presenceOf(userId);
  const person = userId === undefined ? undefined : personOf(userId);
  if (presence?.isOnline) return t("conversation.online");
  if (presence?.lastSeen) return t("conversation.last_seen", { ago: formatAgo(presence.lastSeen) });
  return presence ? t("conversation.offline") : person ? `@${person.username}` : "";
}

function shortName(userId: string): string {
  const person = personOf(userId);
  return person ? person.firstName || fullName(person) : nameOf(userId);
}
