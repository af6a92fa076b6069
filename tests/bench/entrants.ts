import type { Program } from "../support/program.ts";
import { awaitProgram } from "../support/program.ts";
import type { Bench } from "./bench.ts";
import { SERVER_CORE } from "./meter.ts";
import { bindTo, startServer } from "./server.ts";
import type { Services } from "./services.ts";
import { workers } from "./workers.ts";

/** A server that runs, as a driver needs to know it. */
export type Target = Pick<Bench, "url" | "pids" | "dialect" | "far">;

/** A kind of server that can be measured: its processes share one core. */
export interface Entrant {
  readonly title: string;
  /** Starts one that is new and empty; `own` takes what is to end with it. */
  readonly start: (services: Services, own: AsyncDisposableStack) => Promise<Target>;
}

type Env = Readonly<Record<string, string>>;

const NODES_SECRET = "what two nodes of the bench share, and nobody else";

/** Every entrant by its name. */
export const ENTRANTS = {
  "parley": {
    title: "Parley",
    start: async (_services, own) => parley(own.use(await startServer())),
  },
  "parley-large": {
    title: "Parley that takes large files",
    start: async (_services, own) => parley(own.use(await startServer({ MAX_FILE_SIZE: "2GB" }))),
  },
  "parley-mongo": {
    title: "Parley on the same database server",
    start: async (services, own) => {
      const { url } = own.use(await services.database());
      return parley(own.use(await startServer({ MONGODB_URI: url })));
    },
  },
  "nodes-mongo": {
    title: "two nodes, MongoDB and Redis",
    start: async (services, own) => {
      const { url } = own.use(await services.database());
      return await twoNodes(services, own, { MONGODB_URI: url });
    },
  },
  "nodes-sqlite": {
    title: "two nodes, one SQLite file and Redis",
    start: async (services, own) => {
      const folder = await Deno.makeTempDir({ prefix: "parley-bench-" });
      own.defer(() => Deno.remove(folder, { recursive: true }));
      return await twoNodes(services, own, { DATA_DIR: folder });
    },
  },
  "one-sqlite": workers(1, "sqlite"),
  "two-sqlite": workers(2, "sqlite"),
  "one-mongo": workers(1, "mongo"),
  "two-mongo": workers(2, "mongo"),
  "stack": {
    title: "Express, Socket.IO, Mongoose",
    start: async (services, own) => {
      const { url } = own.use(await services.database());
      return await startPeer(services, own, "stack.js", { MONGODB_URI: url });
    },
  },
  "socket.io": {
    title: "Socket.IO, storing nothing",
    start: (services, own) => startPeer(services, own, "plain.js"),
  },
  "bytes": {
    title: "as many bytes, written and nothing else",
    start: async (services, own) => ({ ...await startPeer(services, own, "fan_out.js"), dialect: "parley" }),
  },
} as const satisfies Readonly<Record<string, Entrant>>;

function parley(...nodes: readonly [Program, ...Program[]]): Target {
  return { url: nodes[0].url, pids: nodes.map(({ pid }) => pid), dialect: "parley" };
}

/** The second node is the far one. */
async function twoNodes(services: Services, own: AsyncDisposableStack, store: Env): Promise<Target> {
  const env = { ...store, REDIS_URL: await services.redis(), JWT_SECRET: NODES_SECRET };
  const near = own.use(await startServer({ ...env, INSTANCE: "near" }));
  const far = own.use(await startServer({ ...env, INSTANCE: "far" }));
  return { ...parley(near, far), far: far.url };
}

/** Runs a file of the peers' folder in Node. */
async function startPeer(
  services: Services,
  own: AsyncDisposableStack,
  file: string,
  env: Env = {},
): Promise<Target> {
  const [command = "", ...args] = [...bindTo(SERVER_CORE), "node", `${await services.peers()}/${file}`];
  const options = { args, env: { ...env, NODE_ENV: "production" }, stdin: "null" } as const;
  const child = new Deno.Command(command, { ...options, stdout: "piped", stderr: "piped" }).spawn();
  const { url, pid } = own.use(await awaitProgram(child));
  return { url, pids: [pid], dialect: "socket.io" };
}
