import { Redis } from "ioredis";
import { backoff } from "../../kernel/backoff.ts";
import type { Logger } from "../../kernel/log.ts";

export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly log: Logger;
  /** Begins every key and channel. Default `parley`. */
  readonly prefix?: string;
}

export const DEFAULT_PREFIX = "parley";

/** A connection that hangs is left after this long, and another tried soon: what was lost is caught up within 5 s. */
const SILENCE_MS = 2_000;
const LONGEST_WAIT_MS = 1_500;

/**
 * A connection that comes back by itself, with growing delays. Commands fail at once while it is away and after 1.5 s
 * without an answer; a stalled server is left after 2 s. What was under way when it broke is not sent again.
 */
export function connect({ url, log }: RedisOptions, name: string): Redis {
  const client = new Redis(url, {
    protocol: 2,
    enableOfflineQueue: false,
    commandTimeout: 1_500,
    connectTimeout: 1_500,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(backoff(attempt), LONGEST_WAIT_MS),
    connectionName: `parley-${name}`,
  });
  logOutages(client, log, name);
  return client;
}

/** Resolves once the connection stands, or `ms` have passed without one. */
export async function ready(client: Redis, ms: number): Promise<void> {
  if (client.status === "ready") return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  client.once("ready", resolve);
  await promise;
  clearTimeout(timer);
  client.off("ready", resolve);
}

/** Ends a connection for good. */
export async function disconnect(client: Redis): Promise<void> {
  const open = ["connecting", "connect", "ready"].includes(client.status);
  const ended = new Promise((resolve) => client.once("end", resolve));
  client.disconnect();
  if (open) await ended;
}

/** One line when the server is lost, and one when it is back. */
function logOutages(client: Redis, log: Logger, connection: string): void {
  let lost = false;
  const lose = (error?: unknown) => {
    if (!lost) log.warn("redis_lost", { connection, error: error === undefined ? "closed" : String(error) });
    lost = true;
  };
  client.on("error", lose);
  client.on("reconnecting", () => lose());
  client.on("ready", () => {
    if (lost) log.info("redis_back", { connection });
    lost = false;
  });
}
