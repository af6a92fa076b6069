import type { StreamOptions } from "./stream.ts";
import { Stream } from "./stream.ts";

export interface StreamsOptions extends Pick<StreamOptions, "url" | "token" | "clock"> {
  readonly onMessage: (channel: string, text: string) => void;
  /** A channel is heard again, or later than it was asked for. */
  readonly onGap: () => void;
}

/** A channel with how many topics here fall on it. */
interface Heard {
  readonly stream: Stream;
  topics: number;
  /** Someone was told that it is heard, or did not wait any longer: when it opens again, something may be missing. */
  promised: boolean;
}

/** The channels that this node hears, each while a topic falls on it. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #heard = new Map<string, Heard>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  /** Whether all channels asked for are heard. */
  get open(): boolean {
    return [...this.#heard.values()].every(({ stream }) => stream.open);
  }

  /** Resolves once the channel is heard, or it is known that it cannot be now. */
  async add(channel: string): Promise<void> {
    const heard = this.#heard.get(channel) ?? this.#begin(channel);
    heard.topics++;
    await this.settled(channel);
  }

  /** As `add`, for a channel that was asked for already. A channel that was lost is not waited for. */
  async settled(channel: string): Promise<void> {
    const heard = this.#heard.get(channel);
    if (!heard || heard.stream.open || heard.promised) return;
    await heard.stream.settled;
    heard.promised = true;
  }

  delete(channel: string): void {
    const heard = this.#heard.get(channel);
    if (!heard || --heard.topics > 0) return;
    this.#heard.delete(channel);
    const closed = heard.stream.close().then(() => void this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  /** Leaves channels that were silent for `deadMs`. Answers those that were silent for `quietMs`. */
  check(quietMs: number, deadMs: number): string[] {
    const now = this.#options.clock.now();
    const quiet = [...this.#heard].filter(([, { stream }]) => stream.open && now - stream.heardAt >= quietMs);
    for (const [, { stream }] of quiet) if (now - stream.heardAt >= deadMs) stream.renew();
    return quiet.map(([channel]) => channel);
  }

  async close(): Promise<void> {
    for (const [channel, heard] of this.#heard) {
      heard.topics = 0;
      this.delete(channel);
    }
    await Promise.all(this.#closing);
  }

  #begin(channel: string): Heard {
    const stream = new Stream({
      ...this.#options,
      channel,
      onMessage: (text) => this.#options.onMessage(channel, text),
      onOpen: () => {
        if (this.#heard.get(channel)?.promised) this.#options.onGap();
      },
    });
    const heard = { stream, topics: 0, promised: false };
    this.#heard.set(channel, heard);
    return heard;
  }
}
