import type { Redis } from "ioredis";
import type { Clock, Stop } from "../kernel/clock.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/log.ts";
import type { BusMessage, BusStats, ObservedBus, Unsubscribe } from "../ports/bus.ts";
import { Gaps } from "./bus/gaps.ts";
import type { Outgoing } from "./bus/outbox.ts";
import { Outbox } from "./bus/outbox.ts";
import type { Listener } from "./bus/topics.ts";
import { Topics } from "./bus/topics.ts";
import { decode, encode, isFrom } from "./bus/wire.ts";
import type { RedisOptions } from "./redis/connection.ts";
import { connect, DEFAULT_PREFIX, disconnect, ready } from "./redis/connection.ts";
import { Subscriptions } from "./redis/subscriptions.ts";

export interface RedisBusOptions extends RedisOptions {
  readonly clock: Clock;
}

const BEAT_MS = 500;
/** A subscriber that does not hear this node's own beats for so long has stalled. */
const SILENCE_MS = 2_500;
/** How long opening waits for a server that does not answer. */
const OPEN_MS = 1_500;
const PIPELINES = 16;

/**
 * Pub/sub of a Redis server, over one connection that publishes and one that hears; a topic is a channel.
 *
 * This node's listeners get its messages directly, so that they also do while Redis is away; the echo is known by the
 * node's id and dropped. Each node hears its own beat, which shows that the way through the server is open.
 */
export class RedisBus implements ObservedBus {
  readonly #node = newId();
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #topics: Topics;
  readonly #subscriptions: Subscriptions;
  readonly #gaps: Gaps;
  readonly #outbox: Outbox;
  readonly #stop: Stop;
  /** Something was lost that the other nodes have not been told of. */
  #owing = false;
  #connected = false;
  #heardAt: number;
  #received = 0;

  constructor({ clock, log, prefix = DEFAULT_PREFIX }: RedisBusOptions, publisher: Redis, subscriber: Redis) {
    this.#clock = clock;
    this.#log = log;
    this.#prefix = `${prefix}:bus:`;
    this.#heardAt = clock.now();
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#topics = new Topics(log);
    this.#gaps = new Gaps(clock);
    this.#subscriptions = new Subscriptions(subscriber);
    this.#outbox = new Outbox({
      send: (batch) => this.#send(batch),
      ready: () => publisher.status === "ready",
      inFlight: PIPELINES,
      onLost: () => this.#owing = true,
    });
    subscriber.on("message", (channel: string, text: string) => this.#hear(channel, text));
    subscriber.on("ready", () => void this.#renew());
    subscriber.on("close", () => this.#connected = false);
    this.#stop = clock.every(BEAT_MS, () => this.#beat());
    void this.#subscriptions.add(this.#beatChannel);
    void this.#subscriptions.add(this.#lostChannel);
    if (subscriber.status === "ready") void this.#renew();
  }

  publish(topic: string, message: BusMessage): void {
    this.#topics.deliver(topic, message);
    try {
      this.#outbox.push(`${this.#prefix}t:${topic}`, encode(this.#node, topic, message));
    } catch (error) {
      this.#log.error("bus_message_not_encoded", { kind: message.kind }, error);
    }
  }

  async subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const subscription = { topic, listener };
    const channel = `${this.#prefix}t:${topic}`;
    this.#topics.add(subscription);
    await this.#subscriptions.add(channel);
    return () => {
      if (this.#topics.delete(subscription)) this.#subscriptions.delete(channel);
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
      connected: this.#connected,
    };
  }

  async close(): Promise<void> {
    this.#stop();
    this.#topics.clear();
    this.#gaps.close();
    await this.#outbox.settled();
    await Promise.all([disconnect(this.#publisher), disconnect(this.#subscriber)]);
  }

  get #beatChannel(): string {
    return `${this.#prefix}beat:${this.#node}`;
  }

  get #lostChannel(): string {
    return `${this.#prefix}lost`;
  }

  async #send(batch: readonly Outgoing[]): Promise<void> {
    const pipeline = this.#publisher.pipeline();
    for (const { channel, text } of batch) pipeline.publish(channel, text);
    for (const [error] of await pipeline.exec() ?? []) if (error) throw error;
  }

  #hear(channel: string, text: string): void {
    this.#heardAt = this.#clock.now();
    if (channel === this.#beatChannel) return;
    if (channel === this.#lostChannel) return text === this.#node ? undefined : this.#gaps.tell();
    if (isFrom(this.#node, text)) return;
    const heard = decode(text);
    if (!heard) return this.#log.warn("bus_message_not_understood", { channel });
    this.#received++;
    this.#topics.deliver(heard.topic, heard.message);
  }

  async #renew(): Promise<void> {
    this.#heardAt = this.#clock.now();
    if (!await this.#subscriptions.renew()) return;
    this.#connected = true;
    if (this.#topics.size > 0) this.#gaps.tell();
  }

  #beat(): void {
    const silent = this.#clock.now() - this.#heardAt > SILENCE_MS;
    if (silent && this.#subscriber.status === "ready") this.#subscriber.disconnect(true);
    if (this.#publisher.status !== "ready") return;
    this.#publisher.publish(this.#beatChannel, "").catch(() => undefined);
    if (this.#owing) void this.#tellLoss();
  }

  /** The nodes that missed something ask the store. */
  async #tellLoss(): Promise<void> {
    this.#owing = false;
    try {
      await this.#publisher.publish(this.#lostChannel, this.#node);
    } catch {
      this.#owing = true;
    }
  }
}

/** Opens the bus. A server that cannot be reached now is sought on in the background. */
export async function openRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const [publisher, subscriber] = [connect(options, "publisher"), connect(options, "subscriber")];
  const bus = new RedisBus(options, publisher, subscriber);
  await Promise.all([ready(publisher, OPEN_MS), ready(subscriber, OPEN_MS)]);
  return bus;
}
