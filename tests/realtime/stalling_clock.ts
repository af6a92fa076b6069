import { LOOK_MS } from "../../src/kernel/pressure.ts";
import { TestClock } from "../support/http.ts";

/** A clock by which the next timer is late. */
export class StallingClock extends TestClock {
  #lostMs = 0;

  override now(): number {
    return super.now() + this.#lostMs;
  }

  /** Has one turn of the loop take `ms`, and whoever looks every so often look after it. */
  stall(ms: number): void {
    this.#lostMs += ms;
    this.move(LOOK_MS);
  }
}
