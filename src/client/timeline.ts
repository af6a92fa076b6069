import { requoted, Stretch } from "./stretch.ts";
import type { MessageView } from "./wire.ts";

/** Which part of the history is asked for: the newest messages are those before the end of all numbers. */
export type HistoryQuery =
  | { readonly before: number; readonly limit: number }
  | { readonly after: number; readonly limit: number }
  | { readonly around: number; readonly limit: number };

/** Gets a part of the history. */
export type Fetch = (query: HistoryQuery) => Promise<readonly MessageView[]>;

const PAGE = 50;
const END = Number.MAX_SAFE_INTEGER;

/**
 * The messages of one conversation: the newest ones, which what comes live is joined to, and the stretch that is
 * shown, where that lies elsewhere.
 */
export class Timeline {
  /** The newest messages, up to the last one that was told. */
  #tail: Stretch;
  /** What is shown while it does not reach the tail. */
  #window: Stretch | undefined;
  /** The first place that is kept, and the last one that is known of. */
  #firstSeq = 1;
  #seq = 0;
  /** What came while pages were on their way, which may be older. */
  readonly #meanwhile = new Map<number, MessageView>();
  #loading: Promise<void> = Promise.resolve();
  #loads = 0;
  /** Grows when all is forgotten: pages that were asked for before are of no use. */
  #age = 0;

  constructor(messages: readonly MessageView[] = []) {
    this.#tail = new Stretch(messages);
  }

  /** What is shown; a snapshot. */
  get shown(): readonly MessageView[] {
    return (this.#window ?? this.#tail).all;
  }

  /** The newest messages, as they are kept. */
  get newest(): readonly MessageView[] {
    return this.#tail.all;
  }

  get hasOlder(): boolean {
    return ((this.#window ?? this.#tail).first ?? this.#seq + 1) > this.#firstSeq;
  }

  get hasNewer(): boolean {
    return this.#window !== undefined && (this.#window.last ?? 0) < this.#seq;
  }

  /** Learns where the conversation begins and ends. */
  bound(firstSeq: number, seq: number): void {
    this.#firstSeq = Math.max(this.#firstSeq, firstSeq);
    this.#seq = Math.max(this.#seq, seq);
    this.#tail.dropBefore(this.#firstSeq);
    this.#window?.dropBefore(this.#firstSeq);
  }

  /** Takes in messages as they were told: new ones, in their order, and new states of others. */
  apply(messages: readonly MessageView[]): void {
    for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
      if (message.seq < this.#firstSeq) continue;
      const isNew = message.seq > (this.#tail.last ?? this.#seq);
      // A hole would be a fault of the server's: what is before it can be loaded again.
      if (isNew && !this.#tail.join([message])) this.#tail = new Stretch([message]);
      this.#tail.update(message);
      this.#window?.update(message);
      this.#seq = Math.max(this.#seq, message.seq);
      if (this.#loads > 0) this.#meanwhile.set(message.seq, newer(message, this.#meanwhile.get(message.seq)));
    }
    this.#meet();
  }

  /** Takes in a message as it was answered; answers whether there is a place for it that leaves no hole. */
  learn(message: MessageView): boolean {
    if (message.seq > (this.#tail.last ?? this.#seq) + 1) return false;
    this.apply([message]);
    return (this.#tail.at(message.seq) ?? this.#window?.at(message.seq)) !== undefined;
  }

  /** Forgets everything; pages have it. */
  reset(firstSeq: number, seq: number): void {
    this.#age++;
    this.#tail = new Stretch();
    this.#window = undefined;
    this.#meanwhile.clear();
    this.#firstSeq = firstSeq;
    this.#seq = seq;
  }

  /** Forgets all but the newest, and shows those. */
  leave(count: number): void {
    this.#window = undefined;
    this.#tail.keepLast(count);
  }

  /** Forgets all but the newest once there are twice as many. */
  cut(count: number): void {
    if (!this.#window && this.#tail.all.length > 2 * count) this.#tail.keepLast(count);
  }

  older(fetch: Fetch, limit = PAGE): Promise<void> {
    return this.#load(async () => {
      if (!this.hasOlder) return;
      const first = (this.#window ?? this.#tail).first;
      await this.#extend(fetch, { before: first ?? END, limit }, () => {
        this.#firstSeq = Math.max(this.#firstSeq, first ?? this.#seq + 1);
      });
    });
  }

  newer(fetch: Fetch, limit = PAGE): Promise<void> {
    return this.#load(async () => {
      const last = this.#window?.last;
      if (last !== undefined && this.hasNewer) await this.#extend(fetch, { after: last, limit });
    });
  }

  /** Shows the newest messages; a page of them is loaded when there are few. */
  latest(fetch: Fetch): Promise<void> {
    return this.#load(async () => {
      this.#window = undefined;
      const { all, first } = this.#tail;
      if (all.length < PAGE && this.hasOlder) {
        await this.#extend(fetch, { before: first ?? END, limit: PAGE });
      }
    });
  }

  around(fetch: Fetch, seq: number): Promise<void> {
    return this.#load(async () => {
      if (this.#window?.at(seq)) return;
      if (this.#tail.at(seq)) return void (this.#window = undefined);
      const page = await this.#page(fetch, { around: seq, limit: PAGE });
      if (page.length === 0) return;
      this.#window = new Stretch(page);
      this.#meet();
    });
  }

  /** One at a time, so that none undoes what another has shown. */
  #load(work: () => Promise<void>): Promise<void> {
    this.#loads++;
    const done = this.#loading.then(work).finally(() => {
      if (--this.#loads === 0) this.#meanwhile.clear();
    });
    this.#loading = done.catch(() => {});
    return done;
  }

  /** Joins a page to what is shown. */
  async #extend(fetch: Fetch, query: HistoryQuery, onNothing = () => {}): Promise<void> {
    const page = await this.#page(fetch, query);
    if (page.length === 0) onNothing();
    (this.#window ?? this.#tail).join(page);
    this.#meet();
  }

  /** A page, with the newer states of what is in it; asked for again when all was forgotten meanwhile. */
  async #page(fetch: Fetch, query: HistoryQuery): Promise<readonly MessageView[]> {
    const age = this.#age;
    const page = await fetch(query);
    if (age !== this.#age) return await this.#page(fetch, { before: END, limit: PAGE });
    const messages = page.map((message) => newer(message, this.#meanwhile.get(message.seq)))
      .map((message) => requoted(message, this.#meanwhile.get(message.replyTo?.seq ?? 0)));
    // A page that reaches the newest message may have been read before those that came meanwhile.
    for (let next = this.#meanwhile.get((messages.at(-1)?.seq ?? END) + 1); next;) {
      messages.push(next);
      next = this.#meanwhile.get(next.seq + 1);
    }
    this.#seq = Math.max(this.#seq, messages.at(-1)?.seq ?? 0);
    return messages;
  }

  /** Shows the tail once what is shown has reached it. */
  #meet(): void {
    const { first } = this.#tail;
    const mayMeet = first !== undefined || this.#window?.last === this.#seq;
    if (this.#window && mayMeet && this.#tail.join(this.#window.all)) this.#window = undefined;
  }
}

function newer(message: MessageView, other: MessageView | undefined): MessageView {
  return other && other.rev > message.rev ? other : message;
}
