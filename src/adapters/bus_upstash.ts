import type { Redis } from "@upstash/redis";
import type { Clock, Stop } from "../kernel/clock.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/log.ts";
import type { BusMessage, BusStats, ObservedBus, Unsubscribe } from "../ports/bus.ts";
import { fold } from "./bus/fold.ts";
import { Gaps } from "./bus/gaps.ts";
import type { Outgoing } from "./bus/outbox.ts";
import { Outbox } from "./bus/outbox.ts";
import type { Listener } from "./bus/topics.ts";
import { Topics } from "./bus/topics.ts";
import { decode, encode, isFrom } from "./bus/wire.ts";
import type { UpstashOptions } from "./upstash/client.ts";
import { DEFAULT_PREFIX, reason, upstash } from "./upstash/client.ts";
import { Streams } from "./upstash/streams.ts";

export interface UpstashBusOptions extends UpstashOptions {
  readonly clock: Clock;
  /** A channel that was silent for so long gets a beat, which every node on it hears. Each beat is a command. */
  readonly beatMs?: number;
}

/** Each channel that is heard is one open request. */
const CHANNELS = 16;
const BEAT_MS = 5_000;
/** How long a beat may take to come back. */
const ANSWER_MS = 3_000;
const CHECK_MS = 500;
/** What nodes say to each other about a channel; no topic is empty. */
const BEAT: BusMessage = { kind: "beat" };
const LOST: BusMessage = { kind: "lost" };

/**
 * Pub/sub of an Upstash Redis over REST: publishes what a turn brought as one pipeline, and hears channels by
 * server-sent events. A stream that died tells nobody, hence the beats.
 *
 * This node's listeners get its messages directly; the echo is known by the node's id and dropped.
 */
export class UpstashBus implements ObservedBus {
  readonly #node = newId();
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #client: Redis;
  readonly #beatMs: number;
  readonly #topics: Topics;
  readonly #streams: Streams;
  readonly #gaps: Gaps;
  readonly #outbox: Outbox;
  readonly #stop: Stop;
  /** Channels whose other nodes missed something and have not been told. */
  readonly #owing = new Set<string>();
  #losing = false;
  #deaf = false;
  #received = 0;

  constructor(options: UpstashBusOptions) {
    const { clock, log, prefix = DEFAULT_PREFIX, beatMs = BEAT_MS, token } = options;
    this.#log = log;
    this.#prefix = `${prefix}:bus:`;
    this.#beatMs = beatMs;
    this.#client = upstash(options);
    this.#topics = new Topics(log);
    this.#gaps = new Gaps(clock);
    this.#streams = new Streams({
      ...{ token, clock },
      url: options.url.replace(/\/$/, ""),
      onMessage: (channel, text) => this.#hear(channel, text),
      onGap: () => this.#gaps.tell(),
    });
    this.#outbox = new Outbox({
      send: (batch) => this.#send(batch),
      ready: () => true,
      inFlight: 1,
      onLost: (lost) => this.#lose(lost),
    });
    this.#stop = clock.every(Math.min(CHECK_MS, beatMs), () => this.#beat());
  }

  publish(topic: string, message: BusMessage): void {
    this.#topics.deliver(topic, message);
    try {
      this.#outbox.push(this.#channel(topic), encode(this.#node, topic, message));
    } catch (error) {
      this.#log.error("bus_message_not_encoded", { kind: message.kind }, error);
    }
  }

  async subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const subscription = { topic, listener };
    const channel = this.#channel(topic);
    if (this.#topics.add(subscription)) await this.#streams.add(channel);
    else await this.#streams.settled(channel);
    return () => {
      if (this.#topics.delete(subscription)) this.#streams.delete(channel);
    };
  }

  onGap(listener: () => void): Unsubscribe {
    return this.#gaps.listen(listener);
  }

  stats(): BusStats {
    return {
      topics: this.#topics.size,
      published: this.#outbox.accepted,
      received: this.#received,
      dropped: this.#outbox.lost,
      gaps: this.#gaps.count,
      connected: this.#streams.open,
    };
  }

  async close(): Promise<void> {
    this.#stop();
    this.#topics.clear();
    this.#gaps.close();
    await Promise.all([this.#outbox.settled(), this.#streams.close()]);
  }

  #channel(topic: string): string {
    return `${this.#prefix}${fold(topic, CHANNELS)}`;
  }

  async #send(batch: readonly Outgoing[]): Promise<void> {
    const pipeline = this.#client.pipeline();
    for (const { channel, text } of batch) pipeline.publish(channel, text);
    try {
      await pipeline.exec();
      this.#losing = false;
    } catch (error) {
      if (!this.#losing) this.#log.warn("bus_messages_lost", { error: reason(error) });
      this.#losing = true;
      throw error;
    }
  }

  #hear(channel: string, text: string): void {
    if (isFrom(this.#node, text)) return;
    const heard = decode(text);
    if (!heard) return this.#log.warn("bus_message_not_understood", { channel });
    if (heard.topic !== "") {
      this.#received++;
      this.#topics.deliver(heard.topic, heard.message);
    } else if (heard.message.kind === LOST.kind) this.#gaps.tell();
  }

  #lose(lost: readonly Outgoing[]): void {
    for (const { channel } of lost) this.#owing.add(channel);
  }

  #beat(): void {
    const quiet = this.#streams.check(this.#beatMs, this.#beatMs + ANSWER_MS);
    for (const channel of quiet) this.#outbox.push(channel, encode(this.#node, "", BEAT));
    const owing = [...this.#owing];
    this.#owing.clear();
    this.#logDeafness();
    for (const channel of owing) this.#outbox.push(channel, encode(this.#node, "", LOST));
  }

  #logDeafness(): void {
    const deaf = !this.#streams.open;
    if (deaf && !this.#deaf) this.#log.warn("bus_deaf");
    if (!deaf && this.#deaf) this.#log.info("bus_hears");
    this.#deaf = deaf;
  }
}
