import type { Conversation, Participant, UserCard } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { Asked } from "./asked.ts";
import { client, follow, me } from "./client.ts";

/** Everybody who was shown, by id. */
const known = new Asked<UserCard>((id) => client().request("GET /api/users/:id", { params: { id } }));

/** A person by id; asks the server for one that is not known yet, and has the component drawn again then. */
export function personOf(id: string): UserCard | undefined {
  const own = me.value;
  if (own?.id === id) return { id, username: own.username, ...own.profile };
  return known.get(id);
}

/** Keeps what was learned of people elsewhere. */
export function remember(people: Iterable<UserCard>): void {
  for (const person of people) {
    if (!isSame(known.peek(person.id), person)) known.set(person.id, person);
  }
}

/** What a person is called in full. */
export function fullName(person: Pick<UserCard, "firstName" | "lastName" | "username">): string {
  return `${person.firstName} ${person.lastName}`.trim() || person.username;
}

/** What someone is called, whoever it is. */
export function nameOf(id: string): string {
  const person = personOf(id);
  return person ? fullName(person) : t("person.unknown");
}

/** The other one of a direct conversation. */
export function partnerOf(conversation: Conversation): Participant | undefined {
  follow("conversation", conversation.id);
  if (conversation.view.type !== "direct") return undefined;
  return conversation.participants.find(({ userId }) => userId !== me.value?.id);
}

/** What a conversation is called. */
export function titleOf(conversation: Conversation): string {
  follow("conversation", conversation.id);
  const { type, name } = conversation.view;
  if (type === "group") return name ?? t("group.unnamed");
  const partner = partnerOf(conversation);
  return partner ? fullName(partner.user) : t("person.unknown");
}

function isSame(one: UserCard | undefined, other: UserCard): boolean {
  return one?.username === other.username && one.firstName === other.firstName &&
    one.lastName === other.lastName && one.avatar === other.avatar;
}
