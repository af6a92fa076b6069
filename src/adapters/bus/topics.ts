import type { Logger } from "../../kernel/log.ts";
import type { BusMessage } from "../../ports/bus.ts";

export type Listener = (message: BusMessage) => void;

/** One subscription; the same function may listen more than once. */
export interface Subscription {
  readonly topic: string;
  readonly listener: Listener;
}

/** Who listens to what on this node. */
export class Topics {
  readonly #topics = new Map<string, Set<Subscription>>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  get size(): number {
    return this.#topics.size;
  }

  /** Answers whether the topic had nobody before. */
  add(subscription: Subscription): boolean {
    const others = this.#topics.get(subscription.topic);
    if (others) return !others.add(subscription);
    this.#topics.set(subscription.topic, new Set([subscription]));
    return true;
  }

  /** Answers whether the topic has nobody any more. */
  delete(subscription: Subscription): boolean {
    const all = this.#topics.get(subscription.topic);
    if (!all?.delete(subscription) || all.size > 0) return false;
    return this.#topics.delete(subscription.topic);
  }

  deliver(topic: string, message: BusMessage): void {
    for (const { listener } of this.#topics.get(topic) ?? []) {
      try {
        listener(message);
      } catch (error) {
        this.#log.error("bus_listener_failed", { kind: message.kind }, error);
      }
    }
  }

  clear(): void {
    this.#topics.clear();
  }
}
