import { backoff } from "./backoff.ts";
import { Alarm } from "./clock.ts";
import { ParleyError } from "./errors.ts";
import type { Failure } from "./errors.ts";
import type { Keeper } from "./keeper.ts";
import type { Link } from "./link.ts";
import type { ClientClock, ClientStorage, LocalMessage } from "./types.ts";
import type { ContentInput, MessageView } from "./wire.ts";

/** A message on its way, as it is kept. */
interface Kept {
  readonly conversationId: string;
  readonly clientId: string;
  /** As it was given: a retry must say the same. */
  readonly content: string | ContentInput;
  readonly replyTo?: string;
  /** How it is shown until the server's comes. */
  readonly message: MessageView;
  /** Why it was refused. */
  readonly failure?: Failure & { readonly code: string; readonly message: string };
}

interface Item extends Kept {
  /** Sorts by the time of sending. */
  readonly key: string;
  local: LocalMessage;
}

/** What the outbox works with. */
export interface OutboxDeps {
  readonly clock: ClientClock;
  readonly random: () => number;
  readonly storage: ClientStorage;
  readonly keeper: Keeper;
  /** Where the entries lie. */
  readonly prefix: string;
  /** The line, while there is one. */
  readonly line: () => Link | undefined;
  /** The messages on their way in a conversation changed. */
  readonly onChange: (conversationId: string) => void;
  /** The server has stored a message; answers whether it has found its place among the others. */
  readonly onStored: (message: MessageView) => boolean;
  readonly onFailed: (error: ParleyError) => void;
}

/**
 * Messages on their way: kept until the server has them, and sent in their order, one at a time in each conversation,
 * so that no refusal changes it. Sending one twice, also from another tab, is harmless: the server knows its
 * `clientId`.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #items = new Map<string, Item[]>();
  /** Conversations that have a message in flight. */
  readonly #sending = new Set<string>();
  /** Those that are done with: the storage may still have them. */
  readonly #done = new Set<string>();
  /** Set while the server wants to be left alone. */
  readonly #pause: Alarm;
  #refusals = 0;
  #count = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#pause = new Alarm(deps.clock);
  }

  /** What is on its way in a conversation, in order. */
  of(conversationId: string): readonly LocalMessage[] {
    return this.#items.get(conversationId)?.map(({ local }) => local) ?? [];
  }

  /** Takes in what the storage has, from before a reload or from another tab. */
  async load(): Promise<void> {
    const { storage, prefix } = this.#deps;
    const known = new Set([...this.#done, ...[...this.#items.values()].flat().map(({ key }) => key)]);
    for (const key of await storage.keys(prefix)) {
      if (known.has(key)) continue;
      const kept = await storage.get<Kept>(key);
      if (kept && !this.#done.has(key)) this.#add({ ...kept, key, local: localOf(kept) });
    }
    this.pump();
  }

  add(kept: Kept): LocalMessage {
    const at = String(this.#deps.clock.now()).padStart(15, "0");
    const key = `${this.#deps.prefix}${at}-${String(this.#count++).padStart(6, "0")}-${kept.clientId}`;
    const item = { ...kept, key, local: localOf(kept) };
    this.#add(item);
    this.#deps.keeper.keep(key, () => kept, true);
    this.pump();
    return item.local;
  }

  /** Sends what waits, where there is a line. */
  pump(): void {
    for (const conversationId of this.#items.keys()) void this.#pump(conversationId);
  }

  /** The stream has told a message of the user's own: it need not be sent any more, or shown twice. */
  told(conversationId: string, clientId: string | null): void {
    const item = this.#find(conversationId, clientId);
    if (item) this.#remove(item);
  }

  retry(conversationId: string, clientId: string): void {
    const item = this.#find(conversationId, clientId);
    if (item?.local.state !== "failed") return;
    const { failure: _, local, ...kept } = item;
    this.#show(item, { ...local, state: "sending" }, kept);
    this.pump();
  }

  discard(conversationId: string, clientId: string): void {
    const item = this.#find(conversationId, clientId);
    if (item?.local.state === "failed") this.#remove(item);
  }

  /** Forgets what was to go to a conversation that the user is no longer in. */
  drop(conversationId: string): void {
    for (const item of [...this.#items.get(conversationId) ?? []]) {
      this.#remove(item);
      if (item.local.state === "sending") {
        this.#deps.onFailed(new ParleyError("not_found"));
      }
    }
  }

  /** Forgets messages that are stored: the history has them. */
  dropStored(conversationId: string): void {
    for (const item of [...this.#items.get(conversationId) ?? []]) {
      if (item.local.state === "sent") this.#remove(item);
    }
  }

  close(): void {
    this.#pause.clear();
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    let goesOn = true;
    while (goesOn) {
      const line = this.#pause.isSet ? undefined : this.#deps.line();
      const item = this.#items.get(conversationId)?.find(({ local }) => local.state === "sending");
      goesOn = line !== undefined && item !== undefined && await this.#send(line, item);
    }
    this.#sending.delete(conversationId);
  }

  /** Answers whether the next one may follow. */
  async #send(line: Link, item: Item): Promise<boolean> {
    const { conversationId, clientId, content, replyTo } = item;
    try {
      const command = { conversationId, clientId, content, ...(replyTo !== undefined && { replyTo }) };
      const { message } = await line.ask<{ message: MessageView }>("send_message", command);
      this.#refusals = 0;
      this.#stored(item, message);
      return true;
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      if (error.code === "closed") return false;
      if (!error.retryable) return this.#fail(item, error);
      const { clock: _, random } = this.#deps;
      this.#pause.set(error.retryAfterMs ?? backoff(++this.#refusals, random), () => this.pump());
      return false;
    }
  }

  #stored(item: Item, message: MessageView): void {
    if (!this.#find(item.conversationId, item.clientId)) return; // the stream was faster
    if (this.#deps.onStored(message)) return this.#remove(item);
    this.#show(item, { clientId: item.clientId, state: "sent", message }, undefined);
    this.#done.add(item.key);
  }

  #fail(item: Item, error: ParleyError): true {
    const { code, message, retryable, errors } = error;
    const { key: _, local, ...kept } = item;
    this.#show(item, { ...local, state: "failed", error }, {
      ...kept,
      failure: { code, message, retryable, ...(errors && { errors }) },
    });
    this.#deps.onFailed(error);
    return true;
  }

  /** Shows an item anew, and keeps it, or nothing of it. */
  #show(item: Item, local: LocalMessage, kept: Kept | undefined): void {
    const { error: _, ...shown } = local;
    item.local = local.state === "failed" ? local : shown;
    this.#deps.keeper.keep(item.key, () => kept, true);
    this.#deps.onChange(item.conversationId);
  }

  #add(item: Item): void {
    const items = this.#items.get(item.conversationId) ?? [];
    this.#items.set(item.conversationId, [...items, item].sort((a, b) => a.key < b.key ? -1 : 1));
    this.#deps.onChange(item.conversationId);
  }

  #remove({ conversationId, key }: Item): void {
    const rest = this.#items.get(conversationId)?.filter((item) => item.key !== key) ?? [];
    if (rest.length > 0) this.#items.set(conversationId, rest);
    else this.#items.delete(conversationId);
    this.#done.add(key);
    this.#deps.keeper.keep(key, () => undefined, true);
    this.#deps.onChange(conversationId);
  }

  #find(conversationId: string, clientId: string | null): Item | undefined {
    return this.#items.get(conversationId)?.find((item) => item.clientId === clientId);
  }
}

function localOf({ clientId, message, failure }: Kept): LocalMessage {
  if (!failure) return { clientId, state: "sending", message };
  return {
    clientId,
    state: "failed",
    message,
    error: new ParleyError(failure.code, failure.message, failure),
  };
}

/** A `clientId` that nobody else has made: 128 random bits. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
