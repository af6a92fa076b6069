import { Redis } from "ioredis";

/** The server that tests may use, when they are to run on Redis. */
export const redisUrl: string | undefined = Deno.env.get("TEST_REDIS_URL") || undefined;

/** A Redis server of a test's own, for faults. Disposing kills it. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Stops it from answering, while its connections stay open. */
  stall(): void;
  /** Has a stalled one go on. */
  go(): void;
  /** Ends the connections of this name, such as `parley-publisher`; they may come back. */
  cut(name: string): Promise<void>;
}

/** Starts a server that keeps nothing on disk, on a free port. */
export async function startRedis(): Promise<RedisServer> {
  const dir = await Deno.makeTempDir({ prefix: "parley-redis-" });
  const url = await run("start.sh", dir);
  const { port } = new URL(url);
  const signal = async (name: Deno.Signal) => Deno.kill(await pidOf(dir), name);
  let [pid, running] = [await pidOf(dir), true];
  const kill = async () => {
    if (!running) return;
    running = false;
    await signal("SIGCONT");
    await signal("SIGKILL");
    await run("../stop.sh", dir);
  };
  return {
    url,
    kill,
    async restart() {
      await kill();
      await run("start.sh", dir, "--port", port);
      [pid, running] = [await pidOf(dir), true];
    },
    stall: () => Deno.kill(pid, "SIGSTOP"),
    go: () => Deno.kill(pid, "SIGCONT"),
    cut: (name) => cut(url, name),
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function pidOf(dir: string): Promise<number> {
  return Number(await Deno.readTextFile(`${dir}/pid`));
}

async function run(script: string, ...args: readonly string[]): Promise<string> {
  const path = new URL(script, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: [path, ...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

async function cut(url: string, name: string): Promise<void> {
  const redis = new Redis(url);
  const clients = String(await redis.client("LIST")).split("\n").filter((line) =>
    line.includes(` name=${name} `)
  );
  const ids = clients.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? "");
  await Promise.all(ids.map((id) => redis.client("KILL", "ID", id)));
  redis.disconnect();
}
