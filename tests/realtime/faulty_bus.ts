import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { isHint } from "../../src/order/changes.ts";
import type { Bus, BusMessage, Unsubscribe } from "../../src/ports/bus.ts";

/** A bus that loses, doubles and reorders hints, as `random` (0 to 1) will have it. */
export class FaultyBus implements Bus {
  readonly #inner = new MemoryBus();
  readonly #random: () => number;
  readonly #gaps = new Set<() => void>();
  #late: (readonly [topic: string, message: BusMessage])[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  publish(topic: string, message: BusMessage): void {
    if (!isHint(message)) return this.#inner.publish(topic, message);
    const fate = this.#random();
    if (fate < 0.25) return;
    if (fate < 0.5) return void this.#late.push([topic, message]);
    this.#inner.publish(topic, message);
    if (fate < 0.65) this.#inner.publish(topic, message);
    else if (fate < 0.8) this.#release();
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): Promise<Unsubscribe> {
    return this.#inner.subscribe(topic, listener);
  }

  onGap(listener: () => void): Unsubscribe {
    this.#gaps.add(listener);
    return () => this.#gaps.delete(listener);
  }

  /** What was held back arrives, newest first. */
  #release(): void {
    const late = this.#late.reverse();
    this.#late = [];
    for (const [topic, message] of late) this.#inner.publish(topic, message);
  }

  /** Nothing is lost from here on, and the nodes are told that something was. */
  heal(): void {
    this.#late = [];
    this.publish = (topic, message) => this.#inner.publish(topic, message);
    for (const tell of this.#gaps) tell();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
