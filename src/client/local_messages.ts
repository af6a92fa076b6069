import { quoteOf } from "./stretch.ts";
import type { LocalMessage, MessageState } from "./types.ts";
import type { ContentInput, MessageView, User } from "./wire.ts";

/** Up to where the others of a conversation have come. */
export interface Reach {
  readonly read: number;
  readonly delivered: number;
}

/** Shows messages with their state; what has not changed is the same object as before. */
export class LocalMessages {
  readonly #known = new WeakMap<MessageView, LocalMessage>();
  #shown: readonly LocalMessage[] = [];

  /**
   * What is shown: the messages of a stretch, then those on their way that are not in it. Another tab's may be on its
   * way here for a moment longer than there.
   */
  show(
    messages: readonly MessageView[],
    pending: readonly LocalMessage[],
    me: string,
    reach: Reach,
  ): readonly LocalMessage[] {
    const stored = new Set(messages.map(({ senderId, clientId }) => senderId === me ? clientId : undefined));
    const shown = [
      ...messages.map((message) => this.#local(message, stateOf(message, me, reach))),
      ...pending.filter(({ clientId }) => !stored.has(clientId)),
    ];
    const same = shown.length === this.#shown.length && shown.every((local, i) => local === this.#shown[i]);
    return same ? this.#shown : this.#shown = shown;
  }

  #local(message: MessageView, state: MessageState): LocalMessage {
    const known = this.#known.get(message);
    if (known?.state === state) return known;
    const local = { clientId: message.clientId, state, message };
    this.#known.set(message, local);
    return local;
  }
}

function stateOf({ senderId, seq }: MessageView, me: string, { read, delivered }: Reach): MessageState {
  if (senderId !== me) return "sent";
  return seq <= read ? "read" : seq <= delivered ? "delivered" : "sent";
}

/** A message that is on its way, as it is shown until the server's comes. */
export function provisional(
  { id, username, profile }: User,
  conversationId: string,
  clientId: string,
  content: ContentInput,
  now: number,
  replyTo: MessageView | undefined,
): MessageView {
  const { firstName, lastName, avatar } = profile;
  const at = new Date(now).toISOString();
  return {
    id: clientId,
    conversationId,
    seq: 0,
    rev: 0,
    senderId: id,
    sender: { id, username, firstName, lastName, avatar },
    clientId,
    content: {
      type: content.type,
      text: content.text ?? "",
      ...(content.metadata && { metadata: content.metadata }),
    },
    replyTo: replyTo ? quoteOf(replyTo) : null,
    reactions: [],
    mentions: [],
    ...{ isPinned: false, pinnedAt: null, pinnedBy: null },
    ...{ isEdited: false, editedAt: null, isDeleted: false, deletedAt: null },
    ...{ createdAt: at, updatedAt: at },
  };
}
