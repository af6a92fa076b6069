import { setImmediate } from "node:timers";

/** A text on its way to a channel. */
export interface Outgoing {
  readonly channel: string;
  readonly text: string;
}

export interface OutboxOptions {
  /** Carries a batch; rejects, within its own deadline, when some of it may not have arrived. */
  readonly send: (batch: readonly Outgoing[]) => Promise<void>;
  /** Whether there is any sense in sending now. */
  readonly ready: () => boolean;
  /** Batches on their way at once. */
  readonly inFlight: number;
  /** Called with what may not have arrived. */
  readonly onLost: (lost: readonly Outgoing[]) => void;
  /** UTF-16 units that wait or are on their way at most. */
  readonly maxSize?: number;
}

const MAX_SIZE = 8 * 1024 * 1024;
const MAX_BATCH = 256;

/**
 * Gathers what is published in one turn of the event loop into batches. Bounded: what does not fit is dropped, and when
 * a batch fails, so is what waits behind it, so that nothing waits longer than a batch may take.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #sending = new Set<Promise<void>>();
  #waiting: Outgoing[] = [];
  #size = 0;
  #scheduled = false;
  #accepted = 0;
  #lost = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Texts taken so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Texts dropped, or sent without certainty. */
  get lost(): number {
    return this.#lost;
  }

  push(channel: string, text: string): void {
    const { ready, maxSize = MAX_SIZE } = this.#options;
    if (!ready() || this.#size + text.length > maxSize) return this.#lose([{ channel, text }]);
    this.#accepted++;
    this.#size += text.length;
    this.#waiting.push({ channel, text });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** Resolves once nothing waits and nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sending.size > 0) {
      this.#flush();
      await Promise.all(this.#sending);
    }
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#sending.size < this.#options.inFlight) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const sent = this.#send(batch).then(() => {
        this.#sending.delete(sent);
        this.#flush();
      });
      this.#sending.add(sent);
    }
  }

  async #send(batch: readonly Outgoing[]): Promise<void> {
    try {
      await this.#options.send(batch);
    } catch {
      this.#lose(batch);
      this.#lose(this.#waiting);
      this.#free(this.#waiting);
      this.#waiting = [];
    }
    this.#free(batch);
  }

  #free(texts: readonly Outgoing[]): void {
    for (const { text } of texts) this.#size -= text.length;
  }

  #lose(texts: readonly Outgoing[]): void {
    this.#lost += texts.length;
    this.#options.onLost(texts);
  }
}
