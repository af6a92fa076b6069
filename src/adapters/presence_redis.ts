import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { PresenceStore } from "../ports/presence.ts";
import type { Scripts, SharedPresenceOptions } from "./presence/shared.ts";
import { SharedPresence } from "./presence/shared.ts";
import type { RedisOptions } from "./redis/connection.ts";
import { connect, DEFAULT_PREFIX, disconnect, ready } from "./redis/connection.ts";

export interface RedisPresenceOptions extends RedisOptions, Pick<SharedPresenceOptions, "leaseMs"> {}

/** How long opening waits for a server that does not answer. */
const OPEN_MS = 1_500;

/** Scripts by their digests, sent in full where the server does not know them. */
class RedisScripts implements Scripts {
  readonly #client: Redis;
  readonly #digests = new Map<string, string>();

  constructor(client: Redis) {
    this.#client = client;
  }

  async run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(this.#digest(script), keys.length, ...keys, ...args);
    } catch (error) {
      if (!String(error).includes("NOSCRIPT")) throw error;
      return await this.#client.eval(script, keys.length, ...keys, ...args);
    }
  }

  close(): Promise<void> {
    return disconnect(this.#client);
  }

  #digest(script: string): string {
    const known = this.#digests.get(script);
    if (known) return known;
    const digest = createHash("sha1").update(script).digest("hex");
    this.#digests.set(script, digest);
    return digest;
  }
}

/** Opens leases that nodes share by a Redis server, over a connection of their own. */
export async function openRedisPresence(options: RedisPresenceOptions): Promise<PresenceStore> {
  const client = connect(options, "presence");
  await ready(client, OPEN_MS);
  return new SharedPresence(new RedisScripts(client), { prefix: DEFAULT_PREFIX, ...options });
}
