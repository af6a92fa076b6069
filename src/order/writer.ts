import { setImmediate } from "node:timers";
import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../ports/store.ts";
import type { Hint } from "./changes.ts";
import type { Draft } from "./draft.ts";
import { Lane } from "./lane.ts";
import type { Conversation } from "./records.ts";

/**
 * One change of a conversation, as a plan: what it needs to see, and what it makes of it.
 *
 * `plan` runs against the present state, may run several times, and must not do anything but read the draft, change
 * it, and answer or throw. It sees every member named in `participants`, every message named in `messages` by id, and
 * every message that one of `clientIds` (sender and client id) has made.
 */
export interface Change<T> {
  readonly participants?: readonly string[];
  readonly messages?: readonly string[];
  readonly clientIds?: readonly (readonly [senderId: string, clientId: string])[];
  /**
   * Looks up what the plan needs from outside the conversation, and answers further members that it must see. Runs
   * beside the others of its batch. Whoever must keep an order calls `write` first and looks things up here.
   */
  readonly prepare?: (head: Conversation) => Promise<readonly string[]>;
  /** Reads what else the plan must see; such a change is committed alone, so that what was read still holds. */
  readonly load?: (store: Store, draft: Draft) => Promise<void>;
  readonly plan: (draft: Draft) => T;
}

/** What a writer needs. */
export interface WriterDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Called after each commit, in the order of `rev`: the hint for the bus. */
  readonly publish: (hint: Hint) => void;
  /** Distinguishes this process in the marks of its commits. */
  readonly instance: string;
}

/** Conversations whose state a node keeps at hand. */
const MAX_LANES = 10_000;

/**
 * Writes to conversations. Changes of one conversation take effect in the order of the calls; those of one turn of
 * the loop are committed as one batch with consecutive numbers.
 */
export class Writer {
  readonly #deps: WriterDeps;
  readonly #lanes = new Map<string, Lane>();
  #ready: Lane[] = [];

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves with what `plan` answered once its change is durable, or with what it found when it changed nothing.
   * Throws what `plan` throws, `not_found` when there is no such conversation, and `store_unavailable` when it
   * stays unknown whether the change was made: the caller may try again.
   */
  write<T>(conversationId: string, change: Change<T>): Promise<T> {
    const lane = this.#lane(conversationId);
    return new Promise<T>((resolve, reject) => {
      const idle = lane.push({ change, resolve: (value) => resolve(value as T), reject });
      if (idle) this.#schedule(lane);
    });
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    for (const lane of this.#lanes.values()) await lane.idle();
  }

  #lane(conversationId: string): Lane {
    const lane = this.#lanes.get(conversationId) ?? new Lane(conversationId, this.#deps);
    this.#lanes.delete(conversationId);
    this.#lanes.set(conversationId, lane);
    if (this.#lanes.size > MAX_LANES) this.#evict();
    return lane;
  }

  #evict(): void {
    for (const [id, lane] of this.#lanes) {
      if (lane.busy) continue;
      this.#lanes.delete(id);
      return;
    }
  }

  #schedule(lane: Lane): void {
    this.#ready.push(lane);
    if (this.#ready.length === 1) setImmediate(() => this.#turn());
  }

  #turn(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const lane of ready) lane.run();
  }
}
