import { setImmediate } from "node:timers";
import { Lane } from "./lane.ts";
import type { Change, WriterDeps } from "./plan.ts";
import type { TurnSignal } from "./turns.ts";

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

  /** Another process's writer says something about turns. */
  hear(signal: TurnSignal): void {
    this.#lanes.get(signal.conversationId)?.hear(signal);
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    for (;;) {
      this.#turn();
      const busy = [...this.#lanes.values()].filter((lane) => lane.busy);
      if (busy.length === 0) return;
      await Promise.all(busy.map((lane) => lane.idle()));
    }
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
