import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { Counter } from "../kernel/metrics.ts";
import type { Hint, StreamChange } from "../order/changes.ts";
import { readHeads } from "../order/reader.ts";
import type { Conversation } from "../order/records.ts";
import { StoreUnavailable } from "../ports/store.ts";
import type { Store } from "../ports/store.ts";
import { readFilling } from "./fill.ts";
import type { FrameMaker } from "./frames.ts";
import { usersOf } from "./frames.ts";
import type { Room } from "./room.ts";

export interface FeedDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly frames: FrameMaker;
  readonly log: Logger;
  /** Counts holes that were filled. */
  readonly fills?: Counter;
}

/** How long a feed waits after the store has failed it. */
const RETRY_MS = 1_000;

/**
 * Passes a conversation's changes on to its room, in rising `rev`, each once or superseded.
 *
 * Hints come in any order, doubled, or not at all. One that continues the room's position is passed on as it is; an
 * old one is dropped; at one that lies ahead the hole is filled from the store first. One hint is worked on at a time.
 */
export class Feed {
  readonly #room: Room;
  readonly #deps: FeedDeps;
  #inbox: Hint[] = [];
  #stale = false;
  #running = false;

  constructor(room: Room, deps: FeedDeps) {
    this.#room = room;
    this.#deps = deps;
  }

  /** Takes a hint. Before the room has a position, it waits. */
  hear(hint: Hint): void {
    this.#inbox.push(hint);
    this.wake();
  }

  /** Asks the store what happened: hints may have been lost. */
  suspect(): void {
    this.#stale = true;
    this.wake();
  }

  /** Works off what waits. */
  wake(): void {
    if (this.#running || this.#room.position === undefined) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#inbox.length > 0 || this.#stale) {
      const inbox = this.#inbox;
      this.#inbox = [];
      if (inbox.length > 1) inbox.sort((a, b) => a.from - b.from);
      try {
        if (this.#stale) {
          // Before the store is read: what is suspected meanwhile is looked at again.
          this.#stale = false;
          await this.#fill();
        }
        for (const hint of inbox) await this.#follow(hint);
      } catch (error) {
        this.#inbox.unshift(...inbox);
        this.#retry(error);
        break;
      }
    }
    this.#running = false;
  }

  #retry(error: unknown): void {
    const { conversationId } = this.#room;
    this.#deps.log.warn("feed_failed", { conversationId, error: String(error) });
    this.#deps.clock.after(RETRY_MS, () => this.suspect());
  }

  async #follow(hint: Hint): Promise<void> {
    if (hint.from > this.#position) await this.#fill();
    // A newly elected primary may not know yet what a majority has told the hint's writer.
    if (hint.from > this.#position) throw new StoreUnavailable("the store is behind a hint");
    if (hint.head.rev <= this.#position) return;
    const position = this.#position;
    await this.#pass(hint.head, hint.head.rev, hint.changes.filter((change) => change.rev > position));
  }

  get #position(): number {
    return this.#room.position ?? 0;
  }

  async #fill(): Promise<void> {
    const room = this.#room;
    this.#deps.fills?.add();
    const [head] = await readHeads(this.#deps.store, [room.conversationId]);
    if (!head) {
      const rev = this.#position + 1;
      return room.pass([this.#deps.frames.ending(room, rev)], rev);
    }
    for await (const part of readFilling(this.#deps.store, head, this.#position, usersOf(room))) {
      await this.#pass(head, part.rev, part.changes);
    }
  }

  async #pass(head: Conversation, rev: number, changes: readonly StreamChange[]): Promise<void> {
    this.#room.learn(head);
    await this.#deps.frames.pass(this.#room, head, changes, rev);
  }
}
