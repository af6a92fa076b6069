import { memoryLimit, readMemory } from "./adapters/memory_process.ts";
import type { App } from "./app.ts";
import { openWebFiles } from "./adapters/web_files_folder.ts";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { ConfigError, loadConfig, readEnvironment } from "./config.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Logger } from "./kernel/log.ts";
import { createLogger } from "./kernel/log.ts";
import { openFiles, openShared, openStore } from "./open.ts";
import { ensureSecret } from "./secrets.ts";

/** The exit codes of sysexits.h that a service manager knows. */
const EXIT = { ok: 0, usage: 64, unavailable: 69, config: 78 } as const;
/** How long a planned stop may take before the process ends regardless. */
const STOP_MS = 9_000;

/** Where the build leaves the web app; inside the binary, too. */
const WEB = new URL("../dist/web/", import.meta.url);

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

/** The commands of the binary; without one it serves. */
const commands: Readonly<Record<string, (config: Config) => Promise<number>>> = {
  serve,
  healthcheck,
  "renew-epoch": renewEpoch,
};

/** Opens sockets on `HOST:PORT` and serves until it is told to stop. */
async function serve(config: Config): Promise<number> {
  const log = createLogger({
    level: config.logLevel,
    clock: systemClock,
    write: print,
    pretty: Deno.stdout.isTerminal(),
  });
  for (const variable of notUsedYet(config)) log.warn("variable_not_used_yet", { variable });
  const store = await openStore(config);
  const shared = await openShared(config, systemClock, log);
  const files = await openFiles(config, systemClock, log);
  const secret = config.tokens.secret ?? ensureSecret(config.dataDir);
  const web = await openWebFiles(WEB);
  const memory = { memory: readMemory, memoryLimit: memoryLimit() };
  const app = createApp({
    config,
    store,
    ...shared,
    ...files,
    ...memory,
    clock: systemClock,
    log,
    secret,
    web,
  });
  await app.start();
  const stopped = stopSignal();
  const server = listen(config, app);
  const signal = await stopped;
  log.info("stopping", { signal });
  const deadline = setTimeout(() => Deno.exit(EXIT.unavailable), STOP_MS);
  await app.drain();
  await stopServer(server, log);
  await app.close();
  await Promise.all([shared.bus.close(), shared.presence.close(), shared.limiter.close()]);
  await Promise.all([files.blobs.close(), files.thumbnails.close()]);
  await store.close();
  clearTimeout(deadline);
  log.info("stopped");
  return EXIT.ok;
}

/** Variables that are checked already, for parts that are still to come. */
function notUsedYet({ smtp }: Config): string[] {
  return smtp ? ["SMTP_HOST"] : [];
}

function listen(config: Config, app: App): Deno.HttpServer {
  return Deno.serve({
    hostname: config.host,
    port: config.port,
    reusePort: config.sharePort,
    onListen: ({ hostname, port }) => {
      const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
      print(`listening on http://${shown}:${port}`);
    },
  }, (request, info) => app.fetch(request, info));
}

/** Requests that are on their way get a while to finish. */
async function stopServer(server: Deno.HttpServer, log: Logger): Promise<void> {
  const late = setTimeout(() => log.warn("requests_cut"), STOP_MS / 3);
  await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, STOP_MS / 3))]);
  clearTimeout(late);
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}

/**
 * Asks the node on this machine whether it is ready; for containers that have no shell. One that is overloaded is well:
 * a restart would send away everyone whom it serves.
 */
async function healthcheck({ port }: Config): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(3_000),
    });
    const { code } = await answer.json() as { readonly code?: unknown };
    return answer.ok || code === "overloaded" ? EXIT.ok : 1;
  } catch {
    return 1;
  }
}

/** The step after a restore from a backup: clients that saw what the backup has not are told to start afresh. */
async function renewEpoch(config: Config): Promise<number> {
  const store = await openStore(config);
  print(`the epoch is now ${await store.renewEpoch()}`);
  await store.close();
  return EXIT.ok;
}

async function main(args: readonly string[]): Promise<number> {
  const [name = "serve"] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    complain(`parley: there is no command "${name}"; expected ${Object.keys(commands).join(", ")}`);
    return EXIT.usage;
  }
  try {
    return await command(loadConfig(readEnvironment()));
  } catch (error) {
    complain(`parley: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof ConfigError ? EXIT.config : EXIT.unavailable;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
