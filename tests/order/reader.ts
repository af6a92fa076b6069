import { messages } from "../../src/order/records.ts";
import type { Conversation, Message } from "../../src/order/records.ts";
import { readHeads } from "../../src/order/reader.ts";
import type { Transport } from "../../src/realtime/transport.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelNode } from "./node.ts";

interface Push {
  readonly event: string;
  readonly rev: number;
  readonly data: Message & {
    readonly changes: readonly Message[];
    readonly conversation: Conversation;
    readonly reset?: boolean;
  };
}

const OF_MESSAGES = new Set([
  "new_message",
  "message_edited",
  "message_deleted",
  "reaction_updated",
  "message_pinned",
]);

/**
 * A user's client of one conversation, which keeps what it is told as the contract says: its cursor moves by pushes,
 * `sync` and `conversation_added` alone, messages are put in place by id when their `rev` is newer.
 */
export class Reader {
  readonly userId: string;
  readonly #conversationId: string;
  readonly #ledger: Ledger;
  /** The `rev` that it has everything up to; `undefined` when it has not the conversation. */
  cursor: number | undefined = 0;
  conversation: Conversation | undefined;
  readonly messages = new Map<string, Message>();
  #node: ModelNode | undefined;
  #end: () => void = () => {};
  /** The newest `rev` that this connection was told. */
  #told = 0;
  #connections = 0;
  /** Settles when the pages are there that were to be fetched. */
  fetching: Promise<void> = Promise.resolve();
  #partial = false;

  constructor(userId: string, conversationId: string, ledger: Ledger) {
    this.userId = userId;
    this.#conversationId = conversationId;
    this.#ledger = ledger;
  }

  /** Whether a node that lives has it connected. */
  get connected(): boolean {
    return this.#node?.alive === true;
  }

  /** Resolves once it has resumed, or its connection has ended. */
  connect(node: ModelNode): Promise<void> {
    this.disconnect();
    const connection = this.#connections;
    this.#node = node;
    this.#told = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const lost = () => {
      if (connection === this.#connections) this.#node = undefined;
      resolve();
    };
    const transport: Transport = {
      bufferedAmount: 0,
      send: (text) => {
        if (!node.alive || connection !== this.#connections) return;
        for (const line of text.split("\n")) if (this.#hear(line)) resolve();
      },
      close: lost,
      drop: lost,
    };
    const principal = { userId: this.userId, sessionId: "s", role: "user", expiresAt: Infinity } as const;
    const socket = node.gateway.accept(transport, principal);
    this.#end = () => {
      lost();
      socket.ended();
    };
    const cursors = this.cursor === undefined ? {} : { [this.#conversationId]: this.cursor };
    socket.receive(JSON.stringify({ id: "1", event: "resume", data: { epoch: node.store.epoch, cursors } }));
    return node.call(promise).catch(lost);
  }

  disconnect(): void {
    this.#end();
    this.#node = undefined;
    this.#connections++;
    if (this.#partial) this.#forget();
  }

  /** The messages that it has, oldest first, without those that retention has taken. */
  kept(): Message[] {
    const first = this.conversation?.firstSeq ?? 1;
    return [...this.messages.values()].filter(({ seq }) => seq >= first).sort((a, b) => a.seq - b.seq);
  }

  /** Answers whether it is now up to date. */
  #hear(line: string): boolean {
    if (line === "") this.#ledger.fault(`${this.userId} got an empty line`);
    const push: Push = JSON.parse(line || "{}");
    const { event, rev, data } = push;
    if (event === "synced") return true;
    if (event === "conversation_removed") this.#forget();
    else if (event === "conversation_added" || data.reset) this.#begin(push);
    else if (event === "sync" || event === "conversation_updated" || OF_MESSAGES.has(event)) {
      this.#follow(push);
    } else return false;
    this.#ledger.received.push({ userId: this.userId, event, rev, at: this.#node?.now() ?? 0 });
    return false;
  }

  #forget(): void {
    this.cursor = undefined;
    this.conversation = undefined;
    this.messages.clear();
    this.#partial = false;
  }

  #begin({ rev, data }: Push): void {
    this.#forget();
    this.#told = this.cursor = rev;
    this.conversation = data.conversation;
    this.#partial = true;
    this.fetching = this.#fetch(this.#connections);
  }

  #follow({ event, rev, data }: Push): void {
    const where = `${this.userId} got ${event} at ${rev}`;
    if (rev <= this.#told) this.#ledger.fault(`${where} after ${this.#told}`);
    if (this.cursor === undefined) this.#ledger.fault(`${where} without the conversation`);
    this.#told = this.cursor = rev;
    if (data.conversation) this.conversation = data.conversation;
    let last = 0;
    for (const message of event === "sync" ? data.changes : OF_MESSAGES.has(event) ? [data] : []) {
      if (message.rev <= last || message.rev > rev) {
        this.#ledger.fault(`${where} ${message.rev} after ${last}`);
      }
      last = message.rev;
      this.#put(message);
    }
  }

  /** Fetches what the conversation had before this connection was told of it; failing that, it comes back. */
  async #fetch(connection: number): Promise<void> {
    const node = this.#node;
    if (!node) return;
    const found = await node.call(readHistory(node, this.#conversationId)).catch(() => undefined);
    if (connection !== this.#connections) return;
    if (!found) return this.disconnect();
    for (const message of found) this.#put(message);
    this.#partial = false;
  }

  #put(message: Message): void {
    this.#ledger.saw(message);
    const known = this.messages.get(message.id);
    if (!known || known.rev < message.rev) this.messages.set(message.id, message);
  }
}

/** The messages that are kept, as a node reads them afresh. */
export async function readHistory({ store }: ModelNode, conversationId: string): Promise<Message[]> {
  const [head] = await readHeads(store, [conversationId]);
  if (!head) return [];
  const where = { conversationId, seq: { gte: head.firstSeq } };
  return await store.find(messages, { where, order: [["seq", "asc"]] }, [head]);
}
