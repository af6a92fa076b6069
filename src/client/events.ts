import type { CallOptions, ClientEvent, ClientEvents } from "./types.ts";

type Listener = (data: never) => void;

/** Tells listeners what happened, at the end of the turn, in the order of the first mention. */
export class Emitter {
  readonly #listeners = new Map<ClientEvent, Set<Listener>>();
  readonly #closing = new AbortController();
  #waiting = new Map<unknown, () => void>();

  on<E extends ClientEvent>(
    event: E,
    listener: (data: ClientEvents[E]) => void,
    { signal }: CallOptions = {},
  ): () => void {
    // A function of its own, so that whoever listens twice is told twice.
    const heard: Listener = (data) => listener(data);
    const off = () => {
      this.#listeners.get(event)?.delete(heard);
      signal?.removeEventListener("abort", off);
    };
    if (signal?.aborted) return off;
    signal?.addEventListener("abort", off);
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(heard));
    return off;
  }

  /** Takes events in from the call on; ends with the signal, the emitter, or the loop that reads it. */
  events<E extends ClientEvent>(
    event: E,
    { signal }: CallOptions = {},
  ): AsyncGenerator<ClientEvents[E], void> {
    const queue: ClientEvents[E][] = [];
    let wake = () => {};
    const off = this.on(event, (data) => {
      queue.push(data);
      wake();
    });
    const ending = AbortSignal.any([this.#closing.signal, ...signal ? [signal] : []]);
    ending.addEventListener("abort", () => wake());
    return (async function* () {
      try {
        for (;;) {
          yield* queue.splice(0);
          if (ending.aborted) return;
          if (queue.length === 0) await new Promise<void>((resolve) => wake = resolve);
        }
      } finally {
        off();
      }
    })();
  }

  /** Tells everyone at the end of the turn; of those that are `about` the same, one is enough. */
  emit<E extends ClientEvent>(event: E, data: ClientEvents[E], about?: string): void {
    if (this.#waiting.size === 0) queueMicrotask(() => this.flush());
    this.#waiting.set(about === undefined ? {} : `${event} ${about}`, () => this.#tell(event, data));
  }

  /** Tells what waits, now. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const tell of waiting.values()) tell();
  }

  /** Tells what waits, ends the sequences and forgets everyone. */
  close(): void {
    this.flush();
    this.#closing.abort();
    this.#listeners.clear();
  }

  #tell<E extends ClientEvent>(event: E, data: ClientEvents[E]): void {
    for (const listener of [...this.#listeners.get(event) ?? []]) {
      try {
        listener(data as never);
      } catch (error) {
        // The listener's failure is its own: everyone else is told all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
