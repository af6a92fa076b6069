import type { Bus, BusMessage, Unsubscribe } from "../ports/bus.ts";

type Listener = (message: BusMessage) => void;

/** The bus of a single process: messages are passed by reference and arrive before `publish` returns. */
export class MemoryBus implements Bus {
  readonly #topics = new Map<string, Set<Listener>>();

  publish(topic: string, message: BusMessage): void {
    for (const listener of this.#topics.get(topic) ?? []) listener(message);
  }

  subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const listeners = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listeners.add(listener));
    return Promise.resolve(() => {
      if (listeners.delete(listener) && listeners.size === 0 && this.#topics.get(topic) === listeners) {
        this.#topics.delete(topic);
      }
    });
  }

  /** Nothing is ever lost here. */
  onGap(): Unsubscribe {
    return () => {};
  }

  close(): Promise<void> {
    this.#topics.clear();
    return Promise.resolve();
  }
}
