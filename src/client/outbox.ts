import { backoff } from "./backoff.ts";
import { Alarm } from "./clock.ts";
import { ParleyError } from "./errors.ts";
import type { Keeper } from "./keeper.ts";
import type { Link } from "./link.ts";
import type { Runtime, Services } from "./services.ts";
import type { LocalMessage } from "./types.ts";
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
  readonly failure?: { readonly code: string; readonly message: string };
}

interface Item extends Kept {
  /** Sorts by the time of sending. */
  readonly key: string;
  local: LocalMessage;
}

/**
 * Messages on their way: kept until the server has them, and sent in their order, one at a time in each conversation,
 * so that no refusal changes it. Sending one twice, also from another tab, is harmless: the server knows its
 * `clientId`.
 */
export class Outbox {
  readonly #runtime: Runtime;
  readonly #keeper: Keeper;
  readonly #services: Services;
  /** Where the entries lie. */
  readonly #prefix: string;
  readonly #items = new Map<string, Item[]>();
  /** Conversations that have a message in flight. */
  readonly #sending = new Set<string>();
  /** Those that are done with: the storage may still have them. */
  readonly #done = new Set<string>();
  /** Set while the server wants to be left alone. */
  readonly #pause: Alarm;
  #refusals = 0;
  /** The time in the newest key. */
  #newest = 0;

  constructor(runtime: Runtime, keeper: Keeper, services: Services) {
    this.#runtime = runtime;
    this.#keeper = keeper;
    this.#services = services;
    this.#prefix = `${services.me.id}/outbox/`;
    this.#pause = new Alarm(runtime.clock);
  }

  /** What is on its way in a conversation, in order. */
  of(conversationId: string): readonly LocalMessage[] {
    return this.#items.get(conversationId)?.map(({ local }) => local) ?? [];
  }

  /** Takes in what the storage has, from before a reload or from another tab. */
  async load(): Promise<void> {
    const { storage } = this.#runtime;
    const known = new Set([...this.#done, ...[...this.#items.values()].flat().map(({ key }) => key)]);
    for (const key of await storage.keys(this.#prefix)) {
      if (known.has(key)) continue;
      const kept = await storage.get<Kept>(key);
      this.#newest = Math.max(this.#newest, parseInt(key.slice(this.#prefix.length)));
      if (kept && !this.#done.has(key)) this.#add({ ...kept, key, local: localOf(kept) });
    }
    this.pump();
  }

  add(kept: Kept): LocalMessage {
    // Later than all before, whatever the clock does; times have as many digits until the year 2286.
    this.#newest = Math.max(this.#runtime.clock.now(), this.#newest + 1);
    const key = `${this.#prefix}${this.#newest}-${kept.clientId}`;
    const item = { ...kept, key, local: localOf(kept) };
    this.#add(item);
    this.#keeper.keep(key, () => kept, true);
    this.pump();
    return item.local;
  }

  /** Sends what waits, where there is a line. */
  pump(): void {
    for (const conversationId of this.#items.keys()) void this.#pump(conversationId);
  }

  /** Takes away what need not be sent or shown any more, and what must not be. */
  remove(conversationId: string, which: (local: LocalMessage) => boolean): void {
    for (const item of this.#items.get(conversationId) ?? []) if (which(item.local)) this.#remove(item);
  }

  retry(conversationId: string, clientId: string): void {
    const item = this.#find(conversationId, clientId);
    if (item?.local.state !== "failed") return;
    const { failure: _, local, ...kept } = item;
    this.#show(item, { ...local, state: "sending" }, kept);
    this.pump();
  }

  close(): void {
    this.#pause.clear();
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    let goesOn = true;
    while (goesOn) {
      const line = this.#pause.isSet ? undefined : this.#services.line;
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
      this.#pause.set(
        error.retryAfterMs ?? backoff(++this.#refusals, this.#runtime.random),
        () => this.pump(),
      );
      return false;
    }
  }

  #stored(item: Item, message: MessageView): void {
    if (!this.#find(item.conversationId, item.clientId)) return; // the stream was faster
    if (this.#services.stored(message)) return this.#remove(item);
    this.#show(item, { clientId: item.clientId, state: "sent", message }, undefined);
    this.#done.add(item.key);
  }

  #fail(item: Item, error: ParleyError): true {
    const { key: _, local, ...kept } = item;
    const { code, message } = error;
    this.#show(item, { ...local, state: "failed", error }, { ...kept, failure: { code, message } });
    this.#services.failed(error);
    return true;
  }

  /** Shows an item anew, and keeps it, or nothing of it. */
  #show(item: Item, local: LocalMessage, kept: Kept | undefined): void {
    const { error: _, ...shown } = local;
    item.local = local.state === "failed" ? local : shown;
    this.#keeper.keep(item.key, () => kept, true);
    this.#services.changed("messages", item.conversationId);
  }

  #add(item: Item): void {
    const items = this.#items.get(item.conversationId) ?? [];
    this.#items.set(item.conversationId, [...items, item].sort((a, b) => a.key < b.key ? -1 : 1));
    this.#services.changed("messages", item.conversationId);
  }

  #remove({ conversationId, key }: Item): void {
    const rest = this.#items.get(conversationId)?.filter((item) => item.key !== key) ?? [];
    if (rest.length > 0) this.#items.set(conversationId, rest);
    else this.#items.delete(conversationId);
    this.#done.add(key);
    this.#keeper.keep(key, () => undefined, true);
    this.#services.changed("messages", conversationId);
  }

  #find(conversationId: string, clientId: string | null): Item | undefined {
    return this.#items.get(conversationId)?.find((item) => item.clientId === clientId);
  }
}

function localOf({ clientId, message, failure }: Kept): LocalMessage {
  if (!failure) return { clientId, state: "sending", message };
  return { clientId, state: "failed", message, error: new ParleyError(failure.code, failure.message) };
}

/** A `clientId` that nobody else has made: 128 random bits. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
