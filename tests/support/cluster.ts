import { assert } from "@std/assert";
import { newId } from "../../src/kernel/ids.ts";
import { SECRET } from "./accounts.ts";
import type { Program } from "./program.ts";
import { startProgram } from "./program.ts";
import { startRedis } from "./redis/server.ts";
import type { RedisServer } from "./redis/server.ts";
import { RestClient } from "./rest.ts";

/** What a cluster is to be made of. */
export interface ClusterOptions {
  readonly nodes: number;
  /** One node on a folder of its own, without MongoDB and Redis. */
  readonly embedded?: boolean;
  /** Another MongoDB server than that of `TEST_MONGODB_URI`. */
  readonly mongoUri?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Passwords at their cheapest, and no limits. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
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
};

/** Nodes as processes of their own, on one MongoDB database and one Redis server. Disposing ends all that it began. */
export class Cluster implements AsyncDisposable {
  readonly #nodes: (Program | undefined)[] = [];
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #redis: RedisServer | undefined;

  constructor(env: Readonly<Record<string, string>>, folder: string, redis: RedisServer | undefined) {
    this.#env = env;
    this.#folder = folder;
    this.#redis = redis;
  }

  /** Starts the services and the nodes, 0, 1, 2 … */
  static async start({ nodes, embedded = false, mongoUri: uri, env }: ClusterOptions): Promise<Cluster> {
    const folder = await Deno.makeTempDir({ prefix: "parley-cluster-" });
    const redis = embedded ? undefined : await startRedis();
    const shared = redis && { MONGODB_URI: freshDatabase(uri), REDIS_URL: redis.url };
    const cluster = new Cluster({ ...ENVIRONMENT, ...shared, ...env }, folder, redis);
    try {
      for (let node = 0; node < nodes; node++) await cluster.startNode(node);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
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
  async startNode(node: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
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
