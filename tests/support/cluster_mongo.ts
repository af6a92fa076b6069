/** A MongoDB server of a test's own, to be stopped in the middle. Disposing ends it. */
export interface MongoServer extends AsyncDisposable {
  readonly uri: string;
  /** Stops it from answering, while its connections stay open. */
  stall(): void;
  /** Has a stalled one go on. */
  go(): void;
}

/** Starts a server that keeps its data in memory, on a free port. */
export async function startMongo(): Promise<MongoServer> {
  const dir = await Deno.makeTempDir({ prefix: "parley-mongo-" });
  const uri = await run("start.sh", dir);
  const pid = Number(await Deno.readTextFile(`${dir}/pid`));
  return {
    uri,
    stall: () => Deno.kill(pid, "SIGSTOP"),
    go: () => Deno.kill(pid, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      Deno.kill(pid, "SIGCONT");
      await run("../stop.sh", dir);
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function run(script: string, dir: string): Promise<string> {
  const path = new URL(`mongo/${script}`, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: [path, dir] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
