import { freePort } from "../support/ports.ts";
import { closedLoop } from "./closed.ts";
import type { ClosedLoop } from "./closed.ts";
import type { Comparison } from "./comparisons.ts";
import type { Entrant } from "./entrants.ts";
import { startServer } from "./server.ts";

const SECRET = "what the processes on one port share, and nobody else";

/** Processes on one port and any core, with Redis between them; the driver keeps a core busy beside them. */
export function workers(count: 1 | 2, store: "sqlite" | "mongo"): Entrant {
  const where = store === "sqlite" ? "one SQLite file" : "MongoDB's protocol";
  return {
    title: `${count === 1 ? "one process" : "two processes on one port"}, ${where} and Redis`,
    async start(services, own) {
      const env = {
        ...(store === "sqlite"
          ? { DATA_DIR: own.adopt(await Deno.makeTempDir({ prefix: "parley-bench-" }), remove) }
          : { MONGODB_URI: own.use(await services.database()).url }),
        ...{ REDIS_URL: await services.redis(), JWT_SECRET: SECRET, SHARE_PORT: "true", PORT: freePort() },
      };
      const pids: number[] = [];
      for (let at = 0; at < count; at++) pids.push(own.use(await startServer(env, [])).pid);
      return { url: `http://127.0.0.1:${env.PORT}`, pids, dialect: "parley" };
    },
  };
}

function remove(folder: string): Promise<void> {
  return Deno.remove(folder, { recursive: true });
}

const SENDS: ClosedLoop = { rooms: 16, members: 2, senders: 1, window: 4 };
const ROOM: ClosedLoop = { rooms: 1, members: 100, senders: 4, window: 4 };

const sends = { key: "sends", title: "stored sends, 64 in flight, 16 rooms of 2", unit: "/s" } as const;
const deliveries = { key: "deliveries", title: "deliveries, room of 100, 16 in flight", unit: "/s" } as const;

/** Two processes on one port beside one. */
export const WORKERS: Readonly<Record<string, Comparison>> = {
  "workers-sends-sqlite": {
    row: sends,
    subject: "two-sqlite",
    peers: [{ name: "one-sqlite" }],
    run: (bench) => closedLoop(bench, SENDS),
  },
  "workers-sends-mongo": {
    row: sends,
    subject: "two-mongo",
    peers: [{ name: "one-mongo" }],
    run: (bench) => closedLoop(bench, SENDS),
  },
  "workers-room-sqlite": {
    row: deliveries,
    subject: "two-sqlite",
    peers: [{ name: "one-sqlite" }],
    run: (bench) => closedLoop(bench, ROOM),
  },
  "workers-room-mongo": {
    row: deliveries,
    subject: "two-mongo",
    peers: [{ name: "one-mongo" }],
    run: (bench) => closedLoop(bench, ROOM),
  },
};
