import { Lru } from "../../kernel/lru.ts";
import type { Conversation } from "../../order/records.ts";
import { participants } from "../../order/records.ts";
import type { Store } from "../../ports/store.ts";

/** Conversations remembered at a time. */
const MAX_REMEMBERED = 20_000;

/** Who talks to whom in direct conversations, which never changes and so is read once. */
export class Directs {
  readonly #store: Store;
  readonly #pairs = new Lru<string, readonly string[]>(MAX_REMEMBERED);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whether a conversation is known to be a group. */
  isGroup(conversationId: string): boolean {
    return this.#pairs.get(conversationId)?.length === 0;
  }

  /** The other one in a direct conversation; `undefined` in a group. */
  async other(head: Conversation, userId: string): Promise<string | undefined> {
    const pair = this.#pairs.get(head.id) ?? await this.#read(head);
    return pair.find((member) => member !== userId);
  }

  async #read(head: Conversation): Promise<readonly string[]> {
    const where = { conversationId: head.id };
    const pair = head.type === "group" ? [] : await this.#store.find(participants, { where });
    const ids = pair.map(({ userId }) => userId);
    this.#pairs.set(head.id, ids);
    return ids;
  }
}
