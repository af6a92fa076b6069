import { MongoClient } from "mongodb";
import { SERVICE_CORE } from "./meter.ts";
import { bindTo } from "./server.ts";

/** Something that is given back when it is no longer needed. */
interface Lent extends AsyncDisposable {
  readonly url: string;
}

const SUPPORT = new URL("../support/", import.meta.url).pathname;
const PEERS = new URL("peers/", import.meta.url).pathname;

/**
 * What servers stand on, each started or installed when it is first asked for, and then kept for the whole run, so that
 * nobody meets a cold one. Disposing ends and removes everything.
 */
export class Services implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  #mongo: Promise<string> | undefined;
  #redis: Promise<string> | undefined;
  #peers: Promise<string> | undefined;
  #databases = 0;

  /** A new database on a server of MongoDB's protocol, which keeps it in memory. */
  async database(): Promise<Lent> {
    const server = await (this.#mongo ??= this.#start("mongo"));
    const url = `${server.replace(/\/$/, "")}/bench_${++this.#databases}`;
    return {
      url,
      async [Symbol.asyncDispose]() {
        await using client = await MongoClient.connect(url);
        await client.db().dropDatabase();
      },
    };
  }

  /** A Redis server's URL. */
  redis(): Promise<string> {
    return this.#redis ??= this.#start("redis");
  }

  /** The folder where the peers and what they need are installed. */
  peers(): Promise<string> {
    return this.#peers ??= this.#install();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start(kind: "mongo" | "redis"): Promise<string> {
    const dir = await this.#folder(kind);
    const url = await run([...bindTo(SERVICE_CORE), "sh", `${SUPPORT}${kind}/start.sh`, dir]);
    this.#stack.defer(async () => void await run(["sh", `${SUPPORT}stop.sh`, dir]));
    return url;
  }

  async #install(): Promise<string> {
    const dir = await this.#folder("peers");
    for await (const { name } of Deno.readDir(PEERS)) await Deno.copyFile(PEERS + name, `${dir}/${name}`);
    await run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], dir);
    return dir;
  }

  async #folder(name: string): Promise<string> {
    const dir = await Deno.makeTempDir({ prefix: `parley-bench-${name}-` });
    this.#stack.defer(() => Deno.remove(dir, { recursive: true }));
    return dir;
  }
}

/** Runs a command and answers what it prints. Throws what it says when it fails. */
async function run([command = "", ...args]: readonly string[], cwd?: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd, stdin: "null" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}
