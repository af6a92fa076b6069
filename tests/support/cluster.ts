import { assert } from "@std/assert";
import { newId } from "../../src/kernel/ids.ts";
import { SECRET } from "./accounts.ts";
import { freePort } from "./ports.ts";
import type { Program } from "./program.ts";
import { startProgram } from "./program.ts";
import { startRedis } from "./redis/server.ts";
import type { RedisServer } from "./redis/server.ts";
import { RestClient } from "./rest.ts";

type Environment = Readonly<Record<string, string>>;

/** What a cluster is to be made of. */
export interface ClusterOptions {
  readonly nodes: number;
  /** One node on a folder of its own, without MongoDB and Redis. */
  readonly embedded?: boolean;
  /** Processes on one port, one folder with a secret of their own making, and one Redis, without MongoDB. */
  readonly sharePort?: boolean;
  /** Another MongoDB server than that of `TEST_MONGODB_URI`. */
  readonly mongoUri?: string;
  readonly env?: Environment;
}

/** Passwords at their cheapest, and no limits: the machine may be busy with other things. */
const ENVIRONMENT: Environment = {
  PORT: "0",
  HOST: "127.0.0.1",
  LOG_LEVEL: "warn",
  JWT_SECRET: SECRET,
  PASSWORD_HASH_MEMORY_KIB: "64",
  PASSWORD_HASH_PASSES: "1",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_USER_REQUESTS: "0",
  RATE_LIMIT_MESSAGES: "0",
  MAX_CONNECTIONS_PER_USER: "0",
  MAX_LOOP_DELAY_MS: "0",
};

/** Nodes as processes of their own, on one MongoDB database and one Redis server. Disposing ends all that it began. */
export class Cluster implements AsyncDisposable {
  readonly #nodes: (Program | undefined)[] = [];
  readonly #env: Environment;
  readonly #folder: string;
  readonly #redis: RedisServer | undefined;

  constructor(env: Environment, folder: string, redis: RedisServer | undefined) {
    this.#env = env;
    this.#folder = folder;
    this.#redis = redis;
  }

  /** Starts the services and then all nodes at once, 0, 1, 2 … */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const folder = await Deno.makeTempDir({ prefix: "parley-cluster-" });
    const redis = options.embedded ? undefined : await startRedis();
    const cluster = new Cluster({ ...ENVIRONMENT, ...ground(options, redis), ...options.env }, folder, redis);
    const started = await Promise.allSettled(
      Array.from({ length: options.nodes }, (_, node) => cluster.startNode(node)),
    );
    for (const start of started) {
      if (start.status === "fulfilled") continue;
      await cluster[Symbol.asyncDispose]();
      throw start.reason;
    }
    return cluster;
  }

  get redis(): RedisServer {
    assert(this.#redis, "the cluster has no Redis");
    return this.#redis;
  }

  /** The nodes that run. */
  get running(): number[] {
    return [...this.#nodes.keys()].filter((node) => this.#nodes[node]);
  }

  /** Where a running node listens. */
  url(node: number): string {
    const program = this.#nodes[node];
    assert(program, `node ${node} does not run`);
    return program.url;
  }

  /** The database of the nodes. */
  get mongoUri(): string {
    const uri = this.#env["MONGODB_URI"];
    assert(uri, "the cluster has no MongoDB");
    return uri;
  }

  rest(node = this.running[0] ?? 0): RestClient {
    return new RestClient(this.url(node));
  }

  /** Starts a node; `env` comes over what it has in common with the others. */
  async startNode(node: number, env: Environment = {}): Promise<void> {
    this.#nodes[node] = await startProgram({
      ...this.#env,
      DATA_DIR: this.#env["MONGODB_URI"] ? `${this.#folder}/${node}` : this.#folder,
      INSTANCE: `node-${node}`,
      ...env,
    });
  }

  /** Ends a node at once, as a crash does, or by another signal; resolves with its exit code. */
  async stopNode(node: number, signal: Deno.Signal = "SIGKILL"): Promise<number> {
    const program = this.#nodes[node];
    assert(program, `node ${node} does not run`);
    this.#nodes[node] = undefined;
    return (await program.stop(signal)).code;
  }

  /** Sends a signal to a node that goes on to count as running. */
  signal(node: number, signal: Deno.Signal): void {
    const program = this.#nodes[node];
    assert(program, `node ${node} does not run`);
    Deno.kill(program.pid, signal);
  }

  /** What the nodes that run have written to their logs. */
  get logs(): string[] {
    return this.#nodes.flatMap((program, node) => (program?.lines ?? []).map((line) => `${node} ${line}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.running.map((node) => this.stopNode(node)));
    await this.#redis?.[Symbol.asyncDispose]();
    if (this.#env["MONGODB_URI"]) await dropDatabase(this.#env["MONGODB_URI"]);
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Where nodes keep their data and hear of each other. */
function ground({ sharePort, mongoUri }: ClusterOptions, redis: RedisServer | undefined): Environment {
  if (!redis) return {};
  const REDIS_URL = redis.url;
  if (!sharePort) return { REDIS_URL, MONGODB_URI: freshDatabase(mongoUri) };
  return { REDIS_URL, SHARE_PORT: "true", PORT: freePort(), JWT_SECRET: "" };
}

function freshDatabase(uri = Deno.env.get("TEST_MONGODB_URI")): string {
  assert(uri, "TEST_MONGODB_URI names no MongoDB server");
  const url = new URL(uri);
  url.pathname = `/parley_${newId().toLowerCase()}`;
  return url.href;
}

async function dropDatabase(uri: string): Promise<void> {
  const { MongoClient } = await import("mongodb");
  await using client = await MongoClient.connect(uri);
  await client.db().dropDatabase();
}
