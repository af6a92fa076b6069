import type { Clock, Stop } from "../kernel/clock.ts";
import type { WriterDeps } from "./plan.ts";

/** To lose a race now and then is normal: a turn is asked for only after losing for this long. */
const LOSING_MS = 250;

/** How many times as long as the lost attempt a turn is to be: the next attempt has more to read. */
const MARGIN = 2;

/** Asks another process for a turn of `ms` milliseconds; 0 takes the request back. */
type Ask = (instance: string, ms: number) => void;

/**
 * What a process does that keeps losing the race for a conversation: it asks the winner for a turn, and waits for it.
 * The other side is `Turns`.
 */
export class Rivals {
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #ask: Ask;
  /** The process that made the newest commit that was seen; empty before one was. */
  #winner = "";
  #needsMs = 0;
  #losingSince: number | undefined;
  readonly #asked = new Set<string>();
  #patienceMs = 0;
  #proceed: (() => void) | undefined;
  #stop: Stop = () => {};

  constructor({ clock, instance }: Pick<WriterDeps, "clock" | "instance">, ask: Ask) {
    this.#clock = clock;
    this.#instance = instance;
    this.#ask = ask;
  }

  /** Whether this process is losing at present, and so is in nobody's way. */
  get losing(): boolean {
    return this.#losingSince !== undefined;
  }

  /** To be called with the `mark` of each head that is read: it names the process that wins. */
  saw(mark: string): void {
    const winner = mark.slice(0, Math.max(0, mark.lastIndexOf(".")));
    if (winner === this.#winner) return;
    this.#winner = winner;
    if (this.#needsMs > 0) this.#want();
  }

  /**
   * To be called when an attempt that took `ms` was lost. Resolves when the next one may begin: at once while there is
   * nobody to ask, else when a turn is given or none came in time.
   */
  async lost(ms: number): Promise<void> {
    const now = this.#clock.now();
    this.#losingSince ??= now - ms;
    if (now - this.#losingSince < LOSING_MS) return;
    this.#needsMs = Math.max(1, MARGIN * ms);
    this.#patienceMs = ms;
    if (!this.#want()) return;
    await new Promise<void>((resolve) => {
      this.#proceed = resolve;
      this.#waitFor(0);
    });
    this.#proceed = undefined;
  }

  /** Another process gives a turn in `inMs` milliseconds; 0 is now. */
  given(inMs: number): void {
    if (inMs > 0) return this.#waitFor(inMs);
    this.#stop();
    this.#proceed?.();
  }

  /** The commit was made, or given up: takes back every request for a turn. */
  done(): void {
    this.#needsMs = 0;
    this.#losingSince = undefined;
    for (const instance of this.#asked) this.#ask(instance, 0);
    this.#asked.clear();
  }

  /** Answers whether there is somebody to ask. */
  #want(): boolean {
    if (this.#winner === "" || this.#winner === this.#instance) return false;
    this.#asked.add(this.#winner);
    this.#ask(this.#winner, this.#needsMs);
    return true;
  }

  /** Goes ahead after `ms` and about as long as an attempt takes, which is random, so that not all go ahead together. */
  #waitFor(ms: number): void {
    this.#stop();
    if (!this.#proceed) return;
    this.#stop = this.#clock.after(ms + this.#patienceMs * (0.5 + Math.random() / 2), this.#proceed);
  }
}
