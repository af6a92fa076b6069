import type { Clock, Stop } from "../kernel/clock.ts";
import type { WriterDeps } from "./plan.ts";

/** Races are lost now and then; only who has lost for so long asks. */
const LOSING_MS = 250;

/** A turn is wanted that is longer than the attempt that was lost by so much: the next one reads more. */
const MARGIN = 2;

/** Tells another process that a turn of `ms` is wanted, or with 0 that none is any more. */
type Ask = (instance: string, ms: number) => void;

/** Whom a process asks for a turn at a conversation after it has lost a race, and how long it waits for it. */
export class Rivals {
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #ask: Ask;
  /** Who made the newest commit that was seen. */
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

  /** Whether others have come first for a while: this process is not the one in the way. */
  get losing(): boolean {
    return this.#losingSince !== undefined;
  }

  /** The head was read, with this mark. */
  saw(mark: string): void {
    const winner = mark.slice(0, Math.max(0, mark.lastIndexOf(".")));
    if (winner === this.#winner) return;
    this.#winner = winner;
    if (this.#needsMs > 0) this.#want();
  }

  /** An attempt that took `ms` was lost. Resolves when a turn is given, or when one was waited for in vain. */
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

  /** A turn is given in so many milliseconds. */
  given(inMs: number): void {
    if (inMs > 0) return this.#waitFor(inMs);
    this.#stop();
    this.#proceed?.();
  }

  /** Nothing is wanted any more. */
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

  /** Waits for what comes after `ms`, and about as long as an attempt takes, so that not all go ahead together. */
  #waitFor(ms: number): void {
    this.#stop();
    if (!this.#proceed) return;
    this.#stop = this.#clock.after(ms + this.#patienceMs * (0.5 + Math.random() / 2), this.#proceed);
  }
}
