/** A MongoDB server of a test's own, to be stopped in the middle. Disposing ends it. */
export interface MongoServer extends AsyncDisposable {
  readonly uri: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it has kept. */
  restart(): Promise<void>;
  /** Stops it from answering, while its connections stay open. */
  stall(): void;
  /** Has a stalled one go on. */
  go(): void;
}

/** Starts a server on a free port; it keeps its data in memory, or with `disk` over its end. */
export async function startMongo({ disk = false } = {}): Promise<MongoServer> {
  const dir = await Deno.makeTempDir({ prefix: "parley-mongo-" });
  const flags = disk ? ["--disk"] : [];
  const uri = await run("start.sh", dir, ...flags);
  let pid = await pidOf(dir);
  let running = true;
  const stop = async (signal: Deno.Signal) => {
    if (!running) return;
    running = false;
    Deno.kill(pid, "SIGCONT");
    Deno.kill(pid, signal);
    await run("../stop.sh", dir);
  };
  return {
    uri,
    kill: () => stop("SIGKILL"),
    async restart() {
      await run("start.sh", dir, ...flags, "--port", new URL(uri).port);
      [pid, running] = [await pidOf(dir), true];
    },
    stall: () => Deno.kill(pid, "SIGSTOP"),
    go: () => Deno.kill(pid, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      await stop("SIGTERM");
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function pidOf(dir: string): Promise<number> {
  return Number(await Deno.readTextFile(`${dir}/pid`));
}

async function run(script: string, ...args: readonly string[]): Promise<string> {
  const path = new URL(`mongo/${script}`, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: [path, ...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
