import { backoff } from "../../kernel/backoff.ts";
import type { Clock } from "../../kernel/clock.ts";

export interface StreamOptions {
  readonly url: string;
  readonly token: string;
  readonly channel: string;
  readonly clock: Clock;
  readonly onMessage: (text: string) => void;
  /** The channel is heard from now on. */
  readonly onOpen: () => void;
}

/** How long the server may take to confirm a subscription. */
const OPEN_MS = 3_000;

/** One channel's subscription: a request whose answer does not end. It is made anew, after growing delays, until closed. */
export class Stream {
  readonly #options: StreamOptions;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #request = new AbortController();
  #opened = Promise.withResolvers<void>();
  #open = false;
  #heardAt: number;
  #attempt = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#done = this.#run();
  }

  get open(): boolean {
    return this.#open;
  }

  /** Resolves when the channel is heard, or the attempt to hear it has failed. */
  get settled(): Promise<void> {
    return this.#opened.promise;
  }

  /** When the server last sent anything; milliseconds since 1970. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Leaves a request that has gone silent, for a new one. */
  renew(): void {
    this.#request.abort();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#request.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const late = this.#options.clock.after(OPEN_MS, () => this.#request.abort());
      try {
        await this.#read(late);
      } catch {
        // Whatever ended it, the next attempt tells.
      }
      late();
      this.#end();
      if (!this.#closing.signal.aborted) await this.#wait(backoff(++this.#attempt));
    }
  }

  async #read(opened: () => void): Promise<void> {
    const { url, token, channel } = this.#options;
    const response = await fetch(`${url}/subscribe/${encodeURIComponent(channel)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
      signal: this.#request.signal,
    });
    if (!response.ok || !response.body) return await response.body?.cancel();
    for await (const line of linesOf(response.body)) {
      this.#heardAt = this.#options.clock.now();
      if (line.startsWith("data: subscribe,")) {
        opened();
        this.#begin();
      } else if (line.startsWith(`data: message,${channel},`)) {
        this.#options.onMessage(line.slice(15 + channel.length));
      }
    }
  }

  #begin(): void {
    this.#open = true;
    this.#attempt = 0;
    this.#options.onOpen();
    this.#opened.resolve();
  }

  #end(): void {
    this.#open = false;
    this.#opened.resolve();
    this.#opened = Promise.withResolvers();
    this.#request = new AbortController();
    if (this.#closing.signal.aborted) this.#opened.resolve();
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#options.clock.after(ms, resolve);
    this.#closing.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    stop();
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
