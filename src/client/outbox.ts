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
  readonly replyTo?: string | undefined;
  /** How it is shown until the server's comes. */
  readonly message: MessageView;
  /** Why it was refused. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

interface Item {
  /** Sorts by the time of sending. */
  readonly key: string;
  readonly kept: Kept;
  readonly local: LocalMessage;
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
  #items: readonly Item[] = [];
  /** Keys of what is here, or was and may still be in the storage. */
  readonly #known = new Set<string>();
  /** The time in the newest key. */
  #newest = 0;
  /** Conversations that have a message in flight. */
  readonly #sending = new Set<string>();
  /** Set while the server wants to be left alone. */
  readonly #pause: Alarm;
  #refusals = 0;

  constructor(runtime: Runtime, keeper: Keeper, services: Services) {
    this.#runtime = runtime;
    this.#keeper = keeper;
    this.#services = services;
    this.#prefix = `${services.me.id}/outbox/`;
    this.#pause = new Alarm(runtime.clock);
  }

  /** What is on its way in a conversation, in order. */
  of(conversationId: string): readonly LocalMessage[] {
    return this.#of(conversationId).map(({ local }) => local);
  }

  /** Takes in what the storage has, from before a reload or from another tab. */
  async load(): Promise<void> {
    const { storage } = this.#runtime;
    for (const key of await storage.keys(this.#prefix)) {
      const kept = this.#known.has(key) ? undefined : await storage.get<Kept>(key);
      if (!kept || this.#known.has(key)) continue;
      this.#newest = Math.max(this.#newest, parseInt(key.slice(this.#prefix.length)));
      this.#put(key, kept);
    }
    this.pump();
  }

  add(kept: Kept): LocalMessage {
    // Later than all before, whatever the clock does; times have as many digits until the year 2286.
    this.#newest = Math.max(this.#runtime.clock.now(), this.#newest + 1);
    return this.#send(`${this.#prefix}${this.#newest}-${kept.clientId}`, kept);
  }

  /** Sends what waits, where there is a line. */
  pump(): void {
    for (const { kept } of this.#items) void this.#pump(kept.conversationId);
  }

  /** Takes away what need not be sent or shown any more, and what must not be. */
  remove(conversationId: string, which: (local: LocalMessage) => boolean): void {
    const gone = this.#of(conversationId).filter(({ local }) => which(local));
    if (gone.length === 0) return;
    this.#items = this.#items.filter((item) => !gone.includes(item));
    for (const { key } of gone) void this.#keep(key, undefined);
    this.#services.changed("messages", conversationId);
  }

  retry(conversationId: string, clientId: string): void {
    const item = this.#of(conversationId).find(({ kept }) => kept.clientId === clientId);
    if (item?.kept.failure) this.#send(item.key, { ...item.kept, failure: undefined });
  }

  close(): void {
    this.#pause.clear();
  }

  #of(conversationId: string): readonly Item[] {
    return this.#items.filter(({ kept }) => kept.conversationId === conversationId);
  }

  #send(key: string, kept: Kept, local = localOf(kept)): LocalMessage {
    this.#put(key, kept, local);
    void this.#keep(key, kept);
    this.pump();
    return local;
  }

  #put(key: string, kept: Kept, local = localOf(kept)): void {
    this.#known.add(key);
    const others = this.#items.filter((item) => item.key !== key);
    this.#items = [...others, { key, kept, local }].sort((a, b) => a.key < b.key ? -1 : 1);
    this.#services.changed("messages", kept.conversationId);
  }

  /** What is taken away is known until the storage has it no longer. */
  async #keep(key: string, kept: Kept | undefined): Promise<void> {
    await this.#keeper.write(new Map([[key, () => kept]]));
    if (!kept && !this.#items.some((item) => item.key === key)) this.#known.delete(key);
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    for (let goesOn = true; goesOn;) {
      const item = this.#of(conversationId).find(({ local }) => local.state === "sending");
      const line = this.#pause.isSet ? undefined : this.#services.line;
      goesOn = item !== undefined && line !== undefined && await this.#ask(line, item);
    }
    this.#sending.delete(conversationId);
  }

  /** Answers whether the next one may follow. */
  async #ask(line: Link, item: Item): Promise<boolean> {
    const { key, kept } = item;
    const { conversationId, clientId, content, replyTo } = kept;
    try {
      const command = { conversationId, clientId, content, replyTo };
      const { message } = await line.ask<{ message: MessageView }>("send_message", command);
      this.#refusals = 0;
      if (this.#services.stored(message)) this.remove(conversationId, (local) => local.clientId === clientId);
      // The stream may have been faster; else the message is shown here until it comes.
      if (!this.#items.includes(item)) return true;
      this.#put(key, kept, { clientId, state: "sent", message });
      void this.#keep(key, undefined);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      const { code, message, retryable, retryAfterMs } = error;
      if (code === "closed") return false;
      if (retryable) {
        const waitMs = retryAfterMs ?? this.#runtime.retryMs(++this.#refusals);
        this.#pause.set(waitMs, () => this.pump());
        return false;
      }
      if (!this.#items.includes(item)) return true;
      const failed = { ...kept, failure: { code, message } };
      this.#put(key, failed, { ...item.local, state: "failed", error });
      void this.#keep(key, failed);
      this.#services.failed(error);
    }
    return true;
  }
}

function localOf({ clientId, message, failure }: Kept): LocalMessage {
  if (!failure) return { clientId, state: "sending", message };
  return { clientId, state: "failed", message, error: new ParleyError(failure.code, failure.message) };
}

/** A `clientId` that nobody else has made: 128 random bits. */
export function newClientId(): string {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(words, (word) => word.toString(36)).join("-");
}
