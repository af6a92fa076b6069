import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "@upstash/redis";
import type { Clock } from "../kernel/clock.ts";
import type { Allowance, Budget, Limiter } from "../ports/limiter.ts";
import { UNLIMITED } from "../ports/limiter.ts";
import type { UpstashOptions } from "./upstash/client.ts";
import { DEFAULT_PREFIX, reason, upstash } from "./upstash/client.ts";

export interface UpstashLimiterOptions extends UpstashOptions {
  /** Windows lie at whole multiples of their length by the machine's clock, and this one must agree with it. */
  readonly clock: Clock;
}

/** A limiter whose windows are counted by an Upstash Redis over REST, for all nodes together. */
export class UpstashLimiter implements Limiter {
  readonly #client: Redis;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #limiters = new Map<string, Ratelimit>();

  constructor({ clock, prefix = DEFAULT_PREFIX, ...options }: UpstashLimiterOptions) {
    this.#client = upstash(options);
    this.#clock = clock;
    this.#prefix = `${prefix}:limit:`;
  }

  async take(budget: Budget, key: string): Promise<Allowance> {
    if (budget.points === 0) return UNLIMITED;
    try {
      const { success, limit, remaining, reset } = await this.#limiter(budget).limit(key);
      return { allowed: success, limit, remaining, resetMs: Math.max(0, reset - this.#clock.now()) };
    } catch (error) {
      throw new Error(reason(error));
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Without the library's own timeout, which lets requests pass: the client's ends in an error. */
  #limiter({ name, points, windowMs }: Budget): Ratelimit {
    const id = `${name}:${points}:${windowMs}`;
    const known = this.#limiters.get(id);
    if (known) return known;
    const limiter = new Ratelimit({
      redis: this.#client,
      limiter: Ratelimit.fixedWindow(points, `${windowMs} ms`),
      prefix: this.#prefix + name,
      timeout: 0,
      ephemeralCache: false,
      analytics: false,
    });
    this.#limiters.set(id, limiter);
    return limiter;
  }
}
