import type { Clock, Stop } from "./clock.ts";
import type { MemoryUsage } from "./memory.ts";

/** What a node bears; 0 is no limit. */
export interface PressureLimits {
  /** Bytes of resident memory. */
  readonly maxMemory: number;
  /** Milliseconds that what is ready waits for its turn of the event loop. */
  readonly maxLoopDelayMs: number;
}

export interface PressureDeps {
  readonly clock: Clock;
  readonly memory: () => MemoryUsage;
  readonly limits: PressureLimits;
}

/** Looks this often. */
export const LOOK_MS = 100;
/** A delay counts for about this long: one long turn alone is no overload. */
const SMOOTHING_MS = 1_000;
/** One delay counts as so many times the limit at most, so that a process that was stopped for an hour recovers soon. */
const LONGEST = 4;
/** Memory is taken back from connections only once it is beyond the bound by this factor. */
const SHED_ABOVE = 1.1;

/** Goes on above one value and off below another, so that it does not flicker between. A bound of 0 is never passed. */
export class Alarm {
  readonly #on: number;
  readonly #off: number;
  #ringing = false;

  constructor(on: number, off: number) {
    this.#on = on;
    this.#off = off;
  }

  /** Answers whether it is on at `value`. */
  at(value: number): boolean {
    this.#ringing = this.#on > 0 && value > (this.#ringing ? this.#off : this.#on);
    return this.#ringing;
  }
}

/**
 * How much a node has to do, measured by the delay of its event loop and its resident memory. What it then says no to,
 * in this order: what passes and is not kept; who is new, and work that can well wait; all work that can be repeated.
 */
export class Pressure {
  /** At half of the delay allowed: typing and looks at presence are dropped. */
  strained = false;
  /** At the delay or the memory allowed: no new sockets; at the delay: no registrations, sign-ins and searches. */
  full = false;
  /** At the delay allowed. */
  late = false;
  /** At twice the delay allowed: nothing that can be repeated. */
  choked = false;
  /** What the loop is late by, in milliseconds, smoothed. */
  loopDelayMs = 0;
  /** What the process held at the last look. */
  usage: MemoryUsage;
  readonly #deps: PressureDeps;
  readonly #strain: Alarm;
  readonly #delay: Alarm;
  readonly #choke: Alarm;
  readonly #memory: Alarm;
  readonly #listeners = new Set<() => void>();
  #stop: Stop = () => {};

  constructor(deps: PressureDeps) {
    this.#deps = deps;
    const { maxLoopDelayMs, maxMemory } = deps.limits;
    const delay = (limits: number) => new Alarm(maxLoopDelayMs * limits, maxLoopDelayMs * limits / 2);
    [this.#strain, this.#delay, this.#choke] = [delay(0.5), delay(1), delay(2)];
    this.#memory = new Alarm(maxMemory, maxMemory * 0.95);
    this.usage = deps.memory();
  }

  /** Bytes of memory above which nobody new is taken in; 0 is no limit. */
  get maxMemory(): number {
    return this.#deps.limits.maxMemory;
  }

  /** Bytes that are to be given up; 0 until memory has gone well beyond its bound. */
  get excess(): number {
    const { maxMemory, usage: { rss } } = this;
    return maxMemory > 0 && rss > maxMemory * SHED_ABOVE ? rss - maxMemory : 0;
  }

  /** Calls `listener` after each look, until the returned function is called. */
  onLook(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#plan(this.#deps.clock.now());
  }

  stop(): void {
    this.#stop();
  }

  #plan(last: number): void {
    const { clock } = this.#deps;
    this.#stop = clock.after(LOOK_MS, () => {
      const now = clock.now();
      this.#look(now - last);
      this.#plan(now);
    });
  }

  /** `elapsed` milliseconds after the last look, which were to be `LOOK_MS`. */
  #look(elapsed: number): void {
    const { memory, limits: { maxLoopDelayMs } } = this.#deps;
    const delay = Math.min(Math.max(0, elapsed - LOOK_MS), maxLoopDelayMs * LONGEST || Infinity);
    const weight = 1 - Math.exp(-Math.max(0, elapsed) / SMOOTHING_MS);
    this.loopDelayMs += (delay - this.loopDelayMs) * weight;
    this.usage = memory();
    this.strained = this.#strain.at(this.loopDelayMs);
    this.late = this.#delay.at(this.loopDelayMs);
    this.choked = this.#choke.at(this.loopDelayMs);
    this.full = this.#memory.at(this.usage.rss) || this.late;
    for (const listener of this.#listeners) listener();
  }
}

/** A node that has nothing to do, for where nobody measures. */
export function noPressure(): Pressure {
  const clock: Clock = { now: () => 0, after: () => () => {}, every: () => () => {} };
  const memory = () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 });
  return new Pressure({ clock, memory, limits: { maxMemory: 0, maxLoopDelayMs: 0 } });
}
