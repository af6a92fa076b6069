import type { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Allowance, Budget, Limiter } from "../ports/limiter.ts";
import { UNLIMITED } from "../ports/limiter.ts";
import type { RedisOptions } from "./redis/connection.ts";
import { connect, DEFAULT_PREFIX, disconnect, ready } from "./redis/connection.ts";

/** How long opening waits for a server that does not answer. */
const OPEN_MS = 1_500;
/** The library counts in seconds; shorter windows would never end. */
const SHORTEST_MS = 1_000;

/** The library's own script, but for windows of milliseconds: `ARGV` is points, -, -, the window in seconds. */
const TAKE = `
local window = math.floor(ARGV[4] * 1000 + 0.5)
redis.call("SET", KEYS[1], 0, "PX", window, "NX")
local taken = redis.call("INCRBY", KEYS[1], ARGV[1])
return {taken, redis.call("PTTL", KEYS[1])}
`;

/** A limiter whose windows are counted by a Redis server, for all nodes together. */
export class RedisLimiter implements Limiter {
  readonly #client: Redis;
  readonly #prefix: string;
  readonly #limiters = new Map<string, RateLimiterRedis>();

  constructor(client: Redis, prefix = DEFAULT_PREFIX) {
    this.#client = client;
    this.#prefix = `${prefix}:limit:`;
  }

  async take(budget: Budget, key: string): Promise<Allowance> {
    if (budget.points === 0) return UNLIMITED;
    try {
      return allowance(budget, true, await this.#limiter(budget).consume(key));
    } catch (answer) {
      if (answer instanceof RateLimiterRes) return allowance(budget, false, answer);
      throw answer;
    }
  }

  close(): Promise<void> {
    return disconnect(this.#client);
  }

  #limiter({ name, points, windowMs }: Budget): RateLimiterRedis {
    const id = `${name}:${points}:${windowMs}`;
    const known = this.#limiters.get(id);
    if (known) return known;
    const limiter = new RateLimiterRedis({
      storeClient: this.#client,
      keyPrefix: this.#prefix + name,
      points,
      duration: Math.max(SHORTEST_MS, windowMs) / 1000,
      rejectIfRedisNotReady: true,
      customIncrTtlLuaScript: TAKE,
    });
    this.#limiters.set(id, limiter);
    return limiter;
  }
}

/** Opens the limiter, over a connection of its own. */
export async function openRedisLimiter(options: RedisOptions): Promise<RedisLimiter> {
  const client = connect(options, "limiter");
  await ready(client, OPEN_MS);
  return new RedisLimiter(client, options.prefix);
}

function allowance({ points }: Budget, allowed: boolean, answer: RateLimiterRes): Allowance {
  const { remainingPoints: remaining, msBeforeNext } = answer;
  return { allowed, limit: points, remaining, resetMs: Math.max(0, msBeforeNext) };
}
