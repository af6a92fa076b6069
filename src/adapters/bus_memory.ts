import type { Logger } from "../kernel/log.ts";
import { silentLogger } from "../kernel/log.ts";
import type { BusMessage, BusStats, ObservedBus, Unsubscribe } from "../ports/bus.ts";
import type { Listener } from "./bus/topics.ts";
import { Topics } from "./bus/topics.ts";

/** The bus of a single process: messages are passed by reference, and nothing is ever lost. */
export class MemoryBus implements ObservedBus {
  readonly #topics: Topics;
  #published = 0;

  constructor(log: Logger = silentLogger) {
    this.#topics = new Topics(log);
  }

  publish(topic: string, message: BusMessage): void {
    this.#published++;
    this.#topics.deliver(topic, message);
  }

  subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const subscription = { topic, listener };
    this.#topics.add(subscription);
    return Promise.resolve(() => void this.#topics.delete(subscription));
  }

  onGap(): Unsubscribe {
    return () => {};
  }

  stats(): BusStats {
    const published = this.#published;
    return { topics: this.#topics.size, published, received: 0, dropped: 0, gaps: 0, connected: true };
  }

  close(): Promise<void> {
    this.#topics.clear();
    return Promise.resolve();
  }
}
