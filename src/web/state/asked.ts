import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";

/** How long to leave alone what the server did not show. */
const ASK_AGAIN_MS = 30_000;

/** What is asked of the server, by key, when a component first wants it; kept from then on. */
export class Asked<T> {
  readonly #ask: (key: string) => Promise<T>;
  readonly #known = new Map<string, Signal<T | undefined>>();
  readonly #asked = new Set<string>();

  constructor(ask: (key: string) => Promise<T>) {
    this.#ask = ask;
  }

  /** What is known under a key; otherwise asks for it, and has the component drawn again when it is there. */
  get(key: string): T | undefined {
    const { value } = this.#signalOf(key);
    if (value === undefined) void this.#fetch(key);
    return value;
  }

  /** The same without asking, or being told. */
  peek(key: string): T | undefined {
    return this.#known.get(key)?.peek();
  }

  /** Keeps what was learned elsewhere. */
  set(key: string, value: T): void {
    this.#signalOf(key).value = value;
  }

  #signalOf(key: string): Signal<T | undefined> {
    const known = this.#known.get(key) ?? signal<T | undefined>(undefined);
    this.#known.set(key, known);
    return known;
  }

  async #fetch(key: string): Promise<void> {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    try {
      this.set(key, await this.#ask(key));
    } catch {
      // Gone, or no network.
      setTimeout(() => this.#asked.delete(key), ASK_AGAIN_MS);
    }
  }
}
