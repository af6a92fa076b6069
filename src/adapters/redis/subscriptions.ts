import { setImmediate } from "node:timers";
import type { Redis } from "ioredis";

/** Channels of one SUBSCRIBE. */
const AT_ONCE = 1_000;

/**
 * The channels that one connection is to hear. What is asked for in one turn of the event loop goes out as one
 * command; what is asked for while the connection is away is caught up by `renew`.
 */
export class Subscriptions {
  readonly #client: Redis;
  readonly #wanted = new Set<string>();
  /** Channels that SUBSCRIBE was sent for on this connection, each with its outcome, which never rejects. */
  readonly #held = new Map<string, Promise<boolean>>();
  readonly #changed = new Set<string>();
  #gathering: Promise<void> | undefined;

  constructor(client: Redis) {
    this.#client = client;
    client.on("close", () => this.#held.clear());
  }

  /** Resolves once the channel is heard, or it is known that it cannot be now. */
  async add(channel: string): Promise<void> {
    this.#wanted.add(channel);
    if (!this.#held.has(channel) || this.#changed.has(channel)) await this.#change(channel);
    await this.#held.get(channel);
  }

  delete(channel: string): void {
    this.#wanted.delete(channel);
    void this.#change(channel);
  }

  /** Subscribes everything anew. Answers whether all of it is heard. */
  async renew(): Promise<boolean> {
    this.#held.clear();
    this.#enter([...this.#wanted]);
    return (await Promise.all(this.#held.values())).every(Boolean);
  }

  #change(channel: string): Promise<void> {
    this.#changed.add(channel);
    return this.#gathering ??= new Promise((resolve) => setImmediate(() => resolve(this.#settle())));
  }

  #settle(): void {
    this.#gathering = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    if (this.#client.status !== "ready") return;
    this.#leave(changed.filter((channel) => !this.#wanted.has(channel) && this.#held.delete(channel)));
    this.#enter(changed.filter((channel) => this.#wanted.has(channel) && !this.#held.has(channel)));
  }

  #enter(channels: readonly string[]): void {
    for (let from = 0; from < channels.length; from += AT_ONCE) {
      const part = channels.slice(from, from + AT_ONCE);
      const heard = this.#client.subscribe(...part).then(() => true, () => this.#giveUp());
      for (const channel of part) this.#held.set(channel, heard);
    }
  }

  #leave(channels: readonly string[]): void {
    if (channels.length > 0) this.#client.unsubscribe(...channels).catch(() => this.#giveUp());
  }

  /** A connection that does not answer is of no use; the next one subscribes everything. */
  #giveUp(): false {
    if (this.#client.status === "ready") this.#client.disconnect(true);
    return false;
  }
}
