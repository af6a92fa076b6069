import type { Clock } from "../kernel/clock.ts";
import type { BusMessage } from "../ports/bus.ts";
import type { WriterDeps } from "./plan.ts";

/**
 * What writers of different processes tell each other about a conversation: one that loses the race asks for a turn
 * (`wanted`), the winner gives it, now or in a while (`given`), and the loser says when it has had it (`done`). Each
 * may get lost: every wait ends by itself.
 */
export interface TurnSignal extends BusMessage {
  readonly kind: "turn";
  readonly word: "wanted" | "given" | "done";
  readonly conversationId: string;
  /** The process that says so. */
  readonly by: string;
  /** Milliseconds: how long the turn may take that is `wanted`, or how long until it is `given`. */
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

/** The longest turn that is given. */
const LONGEST_MS = 2_000;
/** A request counts for this long: whoever still wants a turn asks again after each lost attempt. */
const STALE_MS = 5_000;

/**
 * When this process holds its commits to a conversation back so that others get theirs in.
 *
 * The store takes whichever commit comes first. That of a process far from the store never does while a near one goes
 * on writing. So the near one, when it is asked, pauses between two batches until the other is done or the time asked
 * for is over; then it writes for at least as long before it pauses again. This is about timing alone: every pause
 * ends, and correctness rests on the compare-and-set of the commits.
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

  /** Another process wants a turn of up to `ms`; at once where this one is `free`, and not in its way. */
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
