import { setImmediate } from "node:timers";

/** Something that gathers and gives out at the end of the turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Gathers who has something to give out until the end of a turn of the event loop, so that what is ready for one
 * connection goes out as one frame, and a text that many get is joined once.
 */
export class Turn {
  #waiting: Flushable[] = [];

  /** Has `flushable.flush` called once at the end of this turn; to be called once a turn for each. */
  add(flushable: Flushable): void {
    this.#waiting.push(flushable);
    if (this.#waiting.length === 1) setImmediate(() => this.flush());
  }

  /** Gives out now what was to be given out at the end of the turn. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flushable of waiting) flushable.flush();
  }
}
