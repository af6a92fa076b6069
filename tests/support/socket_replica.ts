import type { RestClient, TestUser } from "./rest.ts";
import type { Received } from "./socket.ts";

/** A message as it is shown, as far as a replica looks at it. */
interface Shown {
  readonly id: string;
  readonly rev: number;
  readonly seq: number;
}

/** What a client has of one conversation. */
interface Kept {
  conversation: Received["data"];
  readonly messages: Map<string, Shown>;
  /** There are older messages, to be fetched in pages. */
  partial: boolean;
}

const DURABLE = new Set([
  "new_message",
  "message_edited",
  "message_deleted",
  "reaction_updated",
  "message_pinned",
]);

/**
 * The state that a client keeps, as the contract tells it to: cursors move by `sync`, pushes and `conversation_added`
 * alone, messages are put in place by id when their `rev` is newer. Notes where the server broke a promise.
 */
export class Replica {
  readonly cursors = new Map<string, number>();
  readonly kept = new Map<string, Kept>();
  readonly faults: string[] = [];
  epoch: string | undefined;
  /** The newest `rev` that this connection was told, by conversation. */
  readonly #told = new Map<string, number>();

  /** A new connection begins. */
  reconnected(): void {
    this.#told.clear();
  }

  apply(received: Received): void {
    const { event, conversationId: id, rev, data } = received;
    if (event === "synced") this.epoch = data.epoch;
    else if (event === "sync") this.#sync(id, rev, data);
    else if (event === "conversation_added") this.#add(id, rev, data.conversation);
    else if (event === "conversation_removed") this.#remove(id, rev);
    else if (event === "conversation_updated") this.#update(id, rev, data.conversation);
    else if (DURABLE.has(event)) this.#push(id, rev, data);
  }

  /** Fetches the pages of what the server did not replay. */
  async fetchMissing(rest: RestClient, user: TestUser): Promise<void> {
    for (const [id, kept] of this.kept) {
      if (!kept.partial) continue;
      kept.partial = false;
      for (const message of await rest.history(user, id)) upsert(kept, message);
    }
  }

  /** The messages of a conversation, oldest first. */
  messages(id: string): Shown[] {
    return [...this.kept.get(id)?.messages.values() ?? []].sort((a, b) => a.seq - b.seq);
  }

  #sync(id: string, rev: number, data: Received["data"]): void {
    if (data.reset) return this.#add(id, rev, data.conversation);
    let last = this.cursors.get(id) ?? 0;
    const kept = this.#rise("sync", id, rev);
    if (!kept) return;
    for (const message of data.changes) {
      if (message.rev <= last || message.rev > rev) {
        this.faults.push(`sync to ${rev}: ${message.rev} after ${last}`);
      }
      last = message.rev;
      upsert(kept, message);
    }
    kept.conversation = data.conversation;
  }

  #add(id: string, rev: number, conversation: Received["data"]): void {
    this.#told.set(id, rev);
    this.kept.set(id, { conversation, messages: new Map(), partial: true });
    this.cursors.set(id, rev);
  }

  #remove(id: string, rev: number): void {
    this.#told.set(id, rev);
    this.kept.delete(id);
    this.cursors.delete(id);
  }

  #update(id: string, rev: number, conversation: Received["data"]): void {
    const kept = this.#rise("conversation_updated", id, rev);
    if (kept) kept.conversation = conversation;
  }

  #push(id: string, rev: number, message: Shown): void {
    const kept = this.#rise("push", id, rev);
    if (message.rev < rev) this.faults.push(`a push at ${rev} holds the message of ${message.rev}`);
    if (kept) upsert(kept, message);
  }

  #rise(event: string, id: string, rev: number): Kept | undefined {
    const told = this.#told.get(id) ?? 0;
    if (rev <= told) this.faults.push(`${event} at ${rev} after ${told}`);
    this.#told.set(id, rev);
    const kept = this.kept.get(id);
    if (!kept) this.faults.push(`${event} at ${rev} of ${id}, which this client has not`);
    else this.cursors.set(id, rev);
    return kept;
  }
}

function upsert({ messages }: Kept, message: Shown): void {
  const before = messages.get(message.id);
  if (!before || message.rev > before.rev) messages.set(message.id, message);
}
