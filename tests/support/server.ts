import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { MemoryPresence } from "../../src/adapters/presence_memory.ts";
import type { App } from "../../src/app.ts";
import { COLLECTIONS, createApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createLogger } from "../../src/kernel/log.ts";
import type { MemoryUsage } from "../../src/kernel/memory.ts";
import type { Blobs } from "../../src/ports/blobs.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Thumbnailer } from "../../src/ports/pictures.ts";
import type { Scanner } from "../../src/ports/scanner.ts";
import type { Store } from "../../src/ports/store.ts";
import { SECRET } from "./accounts.ts";
import { RestClient } from "./rest.ts";
import { openTestStore } from "./store.ts";

/** What differs from a server without limits on a store, a bus and a clock of its own. */
export interface ServerOptions {
  /** Variables of the configuration. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly bus?: Bus;
  /** What the process is to seem to hold. */
  readonly memory?: () => MemoryUsage;
  /** Where files are kept, in place of a folder of the server's own. */
  readonly blobs?: Blobs;
  readonly scanner?: Scanner;
  readonly thumbnails?: Thumbnailer;
  /** Stands between the service and its store. */
  readonly wrap?: (store: Store) => Store;
}

/** Passwords at their cheapest, and no limits. */
const UNLIMITED: Readonly<Record<string, string>> = {
  PORT: "0",
  HOST: "127.0.0.1",
  PASSWORD_HASH_MEMORY_KIB: "8",
  PASSWORD_HASH_PASSES: "1",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_USER_REQUESTS: "0",
  RATE_LIMIT_MESSAGES: "0",
  MAX_CONNECTIONS_PER_USER: "0",
  MAX_LOOP_DELAY_MS: "0", // the machine may be busy with other tests
};

/** A node that is full, or about to stop, says so as it should. */
const REFUSED = /"code":"(overloaded|draining)"/;

/** The whole service in this process, on a free port. Disposing ends its sockets and removes its data. */
export class TestServer extends RestClient implements AsyncDisposable {
  constructor(
    url: string,
    readonly app: App,
    readonly store: Store,
    readonly bus: Bus,
    /** What was logged as a failure of the server itself. */
    readonly failures: readonly string[],
    readonly dispose: () => Promise<void>,
  ) {
    super(url);
  }

  /** Throws when anything failed that no client was to blame for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
    if (this.failures.length === 0) return;
    const told = `the server logged failures:\n${this.failures.join("\n")}`;
    // Where the test has failed as well, the runner shows neither.
    Deno.stderr.writeSync(new TextEncoder().encode(`${told}\n`));
    throw new Error(told);
  }
}

/** Starts a server. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { clock = systemClock, bus = new MemoryBus(), memory } = options;
  const opened = await openTestStore(COLLECTIONS);
  const store = options.wrap?.(opened.store) ?? opened.store;
  const failures: string[] = [];
  let ending = false;
  // Sockets that are still going when the store closes under them fail, and nobody waits for them.
  const write = (line: string) => void (ending || REFUSED.test(line) || failures.push(line));
  const log = createLogger({ level: "error", clock, write, pretty: false });
  const limiter = new MemoryLimiter(clock);
  const config = loadConfig({ ...UNLIMITED, ...options.env });
  const presence = new MemoryPresence();
  const dir = await Deno.makeTempDir({ prefix: "parley-files-" });
  const { blobs = new FolderBlobs(dir), scanner, thumbnails } = options;
  const files = { blobs, scanner, thumbnails };
  const app = createApp({
    config,
    store,
    bus,
    presence,
    limiter,
    ...files,
    clock,
    log,
    memory,
    secret: SECRET,
  });
  await app.start();
  const stop = new AbortController();
  const serving = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(serving, (request, info) => app.fetch(request, info));
  return new TestServer(`http://127.0.0.1:${server.addr.port}`, app, store, bus, failures, async () => {
    ending = true;
    await app.close();
    // shutdown() waits for ever for a socket whose client left before the upgrade.
    stop.abort();
    await server.finished;
    await opened[Symbol.asyncDispose]();
    await Deno.remove(dir, { recursive: true });
  });
}
