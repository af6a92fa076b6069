import { messageId } from "../../kernel/ids.ts";
import { nobody } from "../../kernel/user_card.ts";
import type { Membership } from "../../order/reader.ts";
import { messages, participants } from "../../order/records.ts";
import type { Conversation, Message, Participant } from "../../order/records.ts";
import type { Store } from "../../ports/store.ts";
import type { People } from "./people.ts";
import type { ConversationView, ParticipantView, PublicConversationView } from "./schema.ts";

/** Conversations and their members as the wire shows them. */
export class ConversationViews {
  readonly #store: Store;
  readonly #people: Pick<People, "cards">;

  constructor(store: Store, people: Pick<People, "cards">) {
    this.#store = store;
    this.#people = people;
  }

  /**
   * Conversations as their member `participant` sees them, in the order given; direct ones with both participants.
   * `head` is as the store's `heads` gave it. Takes three queries, however many there are.
   */
  async showConversations(memberships: readonly Membership[]): Promise<ConversationView[]> {
    const heads = [...new Map(memberships.map(({ head }) => [head.id, head])).values()];
    const [last, pairs] = await Promise.all([this.#lastMessages(heads), this.#pairs(heads)]);
    return memberships.map(({ head, participant }) => {
      const view = showConversation(head, participant, last.get(messageId(head.id, head.seq)));
      return head.type === "direct" ? { ...view, participants: pairs.get(head.id) ?? [] } : view;
    });
  }

  /** Members with what others see of them, in the order given. */
  async showParticipants(members: readonly Participant[]): Promise<ParticipantView[]> {
    const ids = [...new Set(members.map(({ userId }) => userId))];
    const cards = ids.length > 0 ? await this.#people.cards(ids) : new Map<string, never>();
    return members.map((member) => ({
      userId: member.userId,
      user: cards.get(member.userId) ?? nobody(member.userId),
      role: member.role,
      joinedAt: member.joinedAt,
      lastReadSeq: member.lastReadSeq,
      lastReadAt: member.lastReadAt,
      lastDeliveredSeq: member.lastDeliveredSeq,
    }));
  }

  async #lastMessages(heads: readonly Conversation[]): Promise<Map<string, Message>> {
    const kept = heads.filter((head) => head.seq >= head.firstSeq);
    if (kept.length === 0) return new Map();
    const where = { id: { in: kept.map((head) => messageId(head.id, head.seq)) } };
    const found = await this.#store.find(messages, { where }, kept);
    return new Map(found.map((message) => [message.id, message]));
  }

  async #pairs(heads: readonly Conversation[]): Promise<Map<string, ParticipantView[]>> {
    const pairs = new Map<string, ParticipantView[]>();
    const direct = heads.filter((head) => head.type === "direct");
    if (direct.length === 0) return pairs;
    const where = { conversationId: { in: direct.map((head) => head.id) }, left: false };
    const members = await this.#store.find(participants, { where }, direct);
    members.sort((a, b) => a.userId < b.userId ? -1 : 1);
    const views = await this.showParticipants(members);
    members.forEach(({ conversationId }, index) => {
      const view = views[index];
      if (view) pairs.set(conversationId, [...pairs.get(conversationId) ?? [], view]);
    });
    return pairs;
  }
}

/** A public group as anyone may see it. */
export function showPublic(head: Conversation): PublicConversationView {
  const { id, name, description, settings, memberCount, createdAt } = head;
  return { id, type: "group", name, description, settings, participantCount: memberCount, createdAt };
}

function showConversation(
  head: Conversation,
  participant: Participant,
  last: Message | undefined,
): ConversationView {
  const { id, type, name, description, settings, rev, seq, firstSeq, createdAt, updatedAt } = head;
  const { role, lastReadSeq, notifications } = participant;
  return {
    id,
    type,
    name,
    description,
    settings,
    lastMessage: last ? showLast(last) : null,
    rev,
    seq,
    firstSeq,
    participantCount: head.memberCount,
    role,
    lastReadSeq,
    unread: seq - lastReadSeq,
    notifications,
    createdAt,
    updatedAt,
  };
}

/** A deleted message is stored blank, so it shows blank. */
function showLast({ content, senderId, createdAt }: Message): ConversationView["lastMessage"] {
  return { content: content.text, senderId, sentAt: createdAt, type: content.type };
}
