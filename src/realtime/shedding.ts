import type { Clock } from "../kernel/clock.ts";
import type { Pressure } from "../kernel/pressure.ts";
import type { Connection } from "./connection.ts";
import type { Hub } from "./hub.ts";
import type { Meters } from "./meters.ts";

export interface SheddingDeps {
  readonly clock: Clock;
  readonly hub: Hub;
  readonly pressure: Pressure;
  readonly meters: Meters;
}

/** Queues of fewer bytes are not worth a connection. */
const LEAST_QUEUE = 64 * 1024;
/** How long memory that was given up takes until it shows. */
const EFFECT_MS = 300;
/** Of those who may be the cause, this share is given up at a time, and no fewer than so many. */
const SHARE = 1 / 16;
const AT_LEAST = 4;
/** Looks that are remembered: those of half a minute. */
const SAMPLES = 300;
/** Growth began at the last look at which memory had grown by no more than this share of all that it has since. */
const BEGINNING = 0.1;
/** Who was last heard up to this long after that may be the cause all the same: growth hardly shows at first. */
const SLACK_MS = 1_000;
/** Who was heard within this time, and what the loop is late by, is not silent: what it sent may wait behind the cause. */
const LATELY_MS = 1_500;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/**
 * Gives memory back while there is too much of it: first the connections for which most waits.
 *
 * When no queue explains it, it may be a message that does not end: the runtime takes in the whole of one before the
 * program sees a byte, and does not tell how far it is. But it grows outside of JavaScript's memory, and whoever
 * sends it cannot have been heard since it began. So those are given up, a few at a time, who have not been heard since
 * memory began to grow, those who were heard last before that coming first: clients are heard in every heartbeat, so
 * that few who are innocent lie between. They come back, to another node while this one takes nobody.
 */
export class Shedding {
  readonly #deps: SheddingDeps;
  #samples: Sample[] = [];
  #again = 0;

  constructor(deps: SheddingDeps) {
    this.#deps = deps;
  }

  /** To be called after each look at the pressure. */
  look(): void {
    const { clock, pressure } = this.#deps;
    const now = clock.now();
    const { rss, heapTotal, external } = pressure.usage;
    const growth = this.#growth(now, rss - heapTotal - external);
    const { excess } = pressure;
    if (excess === 0 || now < this.#again) return;
    const shed = this.#shedQueues(excess) || (growth.bytes > excess / 2 && this.#shedSilent(growth.at));
    if (shed) this.#again = now + EFFECT_MS;
  }

  /** By how much memory outside of JavaScript's, which now is `bytes`, has grown, and since when. */
  #growth(at: number, bytes: number): Sample {
    this.#samples = [...this.#samples.slice(1 - SAMPLES), { at, bytes }];
    const lowest = Math.min(...this.#samples.map((sample) => sample.bytes));
    const begins = lowest + (bytes - lowest) * BEGINNING;
    const since = this.#samples.findLast((sample) => sample.bytes <= begins)?.at ?? at;
    return { at: since, bytes: bytes - lowest };
  }

  #shedQueues(excess: number): boolean {
    const { hub, meters } = this.#deps;
    const queues = [...hub.connections].map((connection) => ({
      connection,
      bytes: connection.bufferedAmount,
    }))
      .filter(({ bytes }) => bytes >= LEAST_QUEUE)
      .sort((a, b) => b.bytes - a.bytes);
    let left = excess;
    for (const { connection, bytes } of queues) {
      if (left <= 0) break;
      left -= bytes;
      meters.sheds.queue.add();
      connection.drop("too_slow");
    }
    return queues.length > 0;
  }

  #shedSilent(since: number): boolean {
    const { clock, hub, meters, pressure } = this.#deps;
    const before = Math.min(since + SLACK_MS, clock.now() - LATELY_MS - pressure.loopDelayMs);
    const silent = [...hub.connections].filter(({ heardAt }) => heardAt <= before)
      .sort((a: Connection, b: Connection) => b.heardAt - a.heardAt);
    const few = silent.slice(0, Math.max(AT_LEAST, Math.ceil(silent.length * SHARE)));
    for (const connection of few) {
      meters.sheds.silent.add();
      connection.drop("restart");
    }
    return few.length > 0;
  }
}
