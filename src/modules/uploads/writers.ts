import { ParleyError } from "../../kernel/errors.ts";

interface Writing {
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
}

/**
 * Sees to it that one writes a draft at a time. A client whose line went down comes back before the server has noticed:
 * the newer one has the earlier one stopped, and waits until it is.
 */
export class Writers {
  readonly #writing = new Map<string, Writing>();

  /** Does `work` alone on an upload; `bytes` that it reads through `while` end when another one begins. */
  async alone<T>(id: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const before = this.#writing.get(id);
    before?.stop.abort(new ParleyError("offset_conflict", "Another request goes on with this upload"));
    const stop = new AbortController();
    const running = (before?.done ?? Promise.resolve()).then(() => work(new Turn(stop.signal)));
    const writing = { stop, done: running.catch(() => undefined) };
    this.#writing.set(id, writing);
    try {
      return await running;
    } finally {
      if (this.#writing.get(id) === writing) this.#writing.delete(id);
    }
  }
}

/** The time in which one may write. */
export class Turn {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** `bytes`, until this turn is over; also while nothing comes. */
  async *while(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = bytes[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#unlessOver(iterator.next());
        if (done) return;
        yield value;
      }
    } finally {
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  #unlessOver<T>(next: Promise<T>): Promise<T> {
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const over = () => reject(signal.reason);
      if (signal.aborted) return over();
      signal.addEventListener("abort", over, { once: true });
      next.then(resolve, reject).finally(() => signal.removeEventListener("abort", over));
    });
  }
}

/** Does what several ask for at once, once, and answers all of them. */
export class Once<T> {
  readonly #running = new Map<string, Promise<T>>();

  async once(id: string, work: () => Promise<T>): Promise<T> {
    const earlier = this.#running.get(id);
    if (earlier) return await earlier;
    const running = work();
    this.#running.set(id, running);
    try {
      return await running;
    } finally {
      this.#running.delete(id);
    }
  }
}
