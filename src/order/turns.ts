import type { Clock } from "../kernel/clock.ts";
import type { BusMessage } from "../ports/bus.ts";
import type { WriterDeps } from "./plan.ts";

/**
 * What writers of different processes say to each other about a conversation: one that has lost a race wants a turn,
 * the winner gives it, now or in a while, and the one is done. Each may get lost.
 */
export interface TurnSignal extends BusMessage {
  readonly kind: "turn";
  readonly word: "wanted" | "given" | "done";
  readonly conversationId: string;
  /** The process that says so. */
  readonly by: string;
  /** How many milliseconds a turn may take that is wanted, or are left until it is given. */
  readonly ms: number;
}

/** The topic of what one process's writer is told. */
export function writerTopic(instance: string): string {
  return `w:${instance}`;
}

/** Whether a message of the bus is about a turn. */
export function isTurn(message: BusMessage): message is TurnSignal {
  return message.kind === "turn";
}

/** No turn takes longer. */
const LONGEST_MS = 2_000;
/** Whoever still wants a turn has asked again by then. */
const STALE_MS = 5_000;

/**
 * When a process holds its commits to a conversation back for others.
 *
 * The store takes the commit that comes first, which is never that of a process far from it while a near one goes on
 * writing. So the near one, when it is asked to, waits between two batches until the other is done or the time that it
 * asked for is over, and then writes for as long as it has waited before it waits again. Only time depends on this:
 * who waits does nothing, each wait has an end, and what is right is decided by the commits.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #give: (instance: string, inMs: number) => void;
  readonly #wanted = new Map<string, { readonly ms: number; readonly at: number }>();
  #ownUntil = -Infinity;
  #proceed: (() => void) | undefined;

  /** `give` tells another process that it may go ahead, now or in a while. */
  constructor({ clock }: Pick<WriterDeps, "clock">, give: (instance: string, inMs: number) => void) {
    this.#clock = clock;
    this.#give = give;
  }

  /** Another process wants a turn of up to `ms`; `free`: this one is not in its way. */
  want(by: string, ms: number, free: boolean): void {
    const now = this.#clock.now();
    this.#wanted.set(by, { ms: Math.min(ms, LONGEST_MS), at: now });
    if (free || this.#proceed) this.#give(by, 0);
    else if (now < this.#ownUntil) this.#give(by, this.#ownUntil - now);
  }

  /** Another process is done with its turn, or wants none any more. */
  done(by: string): void {
    this.#wanted.delete(by);
    if (this.#wanted.size === 0) this.#proceed?.();
  }

  /** Whether it is time to wait for others. */
  get due(): boolean {
    if (this.#wanted.size === 0) return false;
    const now = this.#clock.now();
    for (const [by, { at }] of this.#wanted) if (now - at > STALE_MS) this.#wanted.delete(by);
    return this.#wanted.size > 0 && now >= this.#ownUntil;
  }

  /** Lets those who want a turn go ahead, and waits until they have had it. */
  async wait(): Promise<void> {
    const began = this.#clock.now();
    for (const by of this.#wanted.keys()) this.#give(by, 0);
    await new Promise<void>((resolve) => {
      const stop = this.#clock.after(Math.max(...[...this.#wanted.values()].map(({ ms }) => ms)), resolve);
      this.#proceed = () => {
        stop();
        resolve();
      };
    });
    this.#proceed = undefined;
    this.#wanted.clear();
    const now = this.#clock.now();
    this.#ownUntil = now + (now - began);
  }
}
