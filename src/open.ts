import { join } from "node:path";
import { FolderBlobs } from "./adapters/blobs_folder.ts";
import { MemoryBus } from "./adapters/bus_memory.ts";
import { MemoryLimiter } from "./adapters/limiter_memory.ts";
import { VipsThumbnailer } from "./adapters/pictures_vips.ts";
import { MemoryPresence } from "./adapters/presence_memory.ts";
import { ClamdScanner } from "./adapters/scanner_clamd.ts";
import { openSqliteStore } from "./adapters/store_sqlite.ts";
import { COLLECTIONS } from "./app.ts";
import { ConfigError } from "./config.ts";
import type { Config } from "./config.ts";
import type { Clock } from "./kernel/clock.ts";
import type { Logger } from "./kernel/log.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { ObservedBus } from "./ports/bus.ts";
import type { Limiter } from "./ports/limiter.ts";
import type { PresenceStore } from "./ports/presence.ts";
import type { Thumbnailer } from "./ports/pictures.ts";
import type { Scanner } from "./ports/scanner.ts";
import type { Store } from "./ports/store.ts";

/** What nodes share beside the store. */
export interface Shared {
  readonly bus: ObservedBus;
  readonly presence: PresenceStore;
  readonly limiter: Limiter;
}

/**
 * Opens the store that the configuration names. MongoDB's driver is loaded only where it is used, so that it is here that a
 * URI turns out wrong which only looked right. Throws `ConfigError`, and what opening a store throws.
 */
export async function openStore({ store, dataDir }: Config): Promise<Store> {
  if (store.kind === "sqlite") {
    return await openSqliteStore({ path: join(dataDir, "parley.db"), collections: COLLECTIONS });
  }
  const { openMongoStore, WrongUri } = await import("./adapters/store_mongo.ts");
  try {
    return await openMongoStore({ uri: store.uri, collections: COLLECTIONS });
  } catch (error) {
    throw error instanceof WrongUri ? new ConfigError([`MONGODB_URI: ${error.message}`]) : error;
  }
}

/** What files need. */
export interface Files {
  readonly blobs: Blobs;
  readonly scanner: Scanner | undefined;
  readonly thumbnails: Thumbnailer;
}

/** Opens the storage of files that the configuration names. S3's client is loaded only where it is used. */
export async function openFiles({ uploads }: Config, clock: Clock, log: Logger): Promise<Files> {
  const { s3, dir, scanner } = uploads;
  const beside = {
    scanner: scanner === undefined ? undefined : new ClamdScanner(scanner),
    thumbnails: new VipsThumbnailer({ clock, log }),
  };
  if (!s3) return { blobs: new FolderBlobs(dir), ...beside };
  const { S3Blobs } = await import("./adapters/blobs_s3.ts");
  return { blobs: new S3Blobs(s3), ...beside };
}

/** Opens bus, presence and limiter: of this process, or of the Redis that the configuration names. */
export async function openShared({ redis }: Config, clock: Clock, log: Logger): Promise<Shared> {
  switch (redis.kind) {
    case "none":
      return { bus: new MemoryBus(log), presence: new MemoryPresence(), limiter: new MemoryLimiter(clock) };
    case "tcp":
      return await openRedis(redis.url, clock, log);
    case "rest":
      return await openUpstash(redis, clock, log);
  }
}

async function openRedis(url: string, clock: Clock, log: Logger): Promise<Shared> {
  const [{ openRedisBus }, { openRedisPresence }, { openRedisLimiter }] = await Promise.all([
    import("./adapters/bus_redis.ts"),
    import("./adapters/presence_redis.ts"),
    import("./adapters/limiter_redis.ts"),
  ]);
  const [bus, presence, limiter] = await Promise.all([
    openRedisBus({ url, log, clock }),
    openRedisPresence({ url, log }),
    openRedisLimiter({ url, log }),
  ]);
  return { bus, presence, limiter };
}

async function openUpstash(
  server: { readonly url: string; readonly token: string },
  clock: Clock,
  log: Logger,
): Promise<Shared> {
  const [{ UpstashBus }, { openUpstashPresence }, { UpstashLimiter }] = await Promise.all([
    import("./adapters/bus_upstash.ts"),
    import("./adapters/presence_upstash.ts"),
    import("./adapters/limiter_upstash.ts"),
  ]);
  const options = { url: server.url, token: server.token, clock, log };
  const presence = openUpstashPresence(options);
  return { bus: new UpstashBus(options), presence, limiter: new UpstashLimiter(options) };
}
