import { setImmediate } from "node:timers";
import type { Random } from "./random.ts";

/** A process that may end at any moment. */
export interface Process {
  readonly name: string;
  alive: boolean;
}

/** What a process is told that has ended; it can reach nobody any more. */
export class Crashed extends Error {
  override readonly name = "Crashed";
}

/** Something that the world may do between two steps of the processes. */
export interface Chance {
  /** How likely it is beside one waiting step, whose weight is 1; 0 when it cannot happen now. */
  weight(): number;
  happen(): void;
}

interface Gate {
  readonly process: Process | undefined;
  /** A request takes effect elsewhere, so that it may do so though its process has ended. */
  readonly request: boolean;
  readonly open: () => void;
  readonly end: () => void;
}

const LOST = 0.01;

/** Steps after which a history is no longer one that ends. */
const ENDLESS_STEPS = 50_000;

/** Turns of the loop without anything to choose, after which nothing will ever happen again. */
const STUCK_TURNS = 5_000;

/**
 * Lets processes go on one step at a time, in an order that follows from a seed: whoever comes to a step waits at a
 * gate until it is chosen. As long as nothing but gates and promises is waited for, one seed gives one history.
 */
export class Schedule {
  readonly random: Random;
  /** Steps that were made. */
  steps = 0;
  /** No answer is lost any more. */
  calm = false;
  /** Whether processes also wait for sockets. */
  readonly #outside: boolean;
  #gates: Gate[] = [];
  readonly #chances: Chance[] = [];

  constructor(random: Random, outside = false) {
    this.random = random;
    this.#outside = outside;
  }

  /** Whether an answer is lost on its way. */
  loses(): boolean {
    return !this.calm && this.random.chance(LOST);
  }

  add(chance: Chance): void {
    this.#chances.push(chance);
  }

  /** Resolves when it is this step's turn; rejects with `Crashed` when the process has ended. */
  gate(process?: Process, request = false): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Crashed(`${process?.name} has ended`));
      if (process?.alive === false) return end();
      this.#gates.push({ process, request, open: resolve, end });
    });
  }

  /** Ends a process. Requests that it has sent may still arrive, each as chance will have it. */
  crash(process: Process): void {
    process.alive = false;
    const own = this.#gates.filter((gate) => gate.process === process);
    this.#gates = this.#gates.filter((gate) => gate.process !== process);
    for (const gate of own) {
      if (gate.request && this.random.chance(0.5)) gate.open();
      else gate.end();
    }
  }

  /** Makes steps until `work` has ended, and rejects as it does. */
  async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => void (ended = true);
    work.then(end, end);
    let idle = 0;
    for (;;) {
      await this.#turn(idle > 0);
      if (ended) return await work;
      idle = this.#mayStep(idle) && this.#step() ? 0 : idle + 1;
      if (idle > STUCK_TURNS) throw new Error("nothing can happen any more");
    }
  }

  /** Makes steps until nobody waits for one. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < (this.#outside ? 20 : 4);) {
      await this.#turn(idle > 0);
      idle = this.#mayStep(idle) && this.#step() ? 0 : idle + 1;
    }
  }

  /** An answer from outside is waited for a little, before chance alone decides what happens next. */
  #mayStep(idle: number): boolean {
    return !this.#outside || this.#gates.length > 0 || idle >= 5;
  }

  async #turn(idle: boolean): Promise<void> {
    if (idle && this.#outside) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => void setImmediate(resolve));
  }

  #step(): boolean {
    const weights = this.#chances.map((chance) => chance.weight());
    let at = this.random.next() * weights.reduce((sum, weight) => sum + weight, this.#gates.length);
    for (const [i, chance] of this.#chances.entries()) {
      const weight = weights[i] ?? 0;
      if (at < weight) {
        this.#count();
        chance.happen();
        return true;
      }
      at -= weight;
    }
    const gate = this.#gates.splice(Math.floor(at), 1)[0];
    if (!gate) return false;
    this.#count();
    gate.open();
    return true;
  }

  #count(): void {
    if (++this.steps > ENDLESS_STEPS) throw new Error("this history does not end");
  }
}
