import { S3Blobs } from "../../../src/adapters/blobs_s3.ts";
import type { S3Options } from "../../../src/adapters/s3/bucket.ts";

/** The server and bucket that tests may use, when they are to run on S3. */
export const s3Url: string | undefined = Deno.env.get("TEST_S3_URL") || undefined;

/** What `http://KEY:SECRET@HOST:PORT/BUCKET` names. */
export function s3Options(text: string): S3Options {
  const url = new URL(text);
  return {
    bucket: url.pathname.slice(1),
    endpoint: url.origin,
    publicEndpoint: undefined,
    region: "us-east-1",
    accessKeyId: url.username,
    secretAccessKey: url.password,
  };
}

/** An S3 server of a test's own, for faults. Disposing kills it. */
export interface S3Server extends AsyncDisposable {
  readonly url: string;
  readonly blobs: S3Blobs;
  /** Stops it from answering, while its connections stay open. */
  stall(): void;
  /** Has a stalled one go on. */
  go(): void;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts a server with an empty bucket, on a free port. */
export async function startS3(): Promise<S3Server> {
  const dir = await Deno.makeTempDir({ prefix: "parley-s3-" });
  const url = await run("start.sh", dir);
  const pid = Number(await Deno.readTextFile(`${dir}/pid`));
  const blobs = new S3Blobs(s3Options(url));
  let running = true;
  const kill = async () => {
    if (!running) return;
    running = false;
    Deno.kill(pid, "SIGKILL");
    await run("../stop.sh", dir);
  };
  return {
    url,
    blobs,
    kill,
    stall: () => Deno.kill(pid, "SIGSTOP"),
    go: () => Deno.kill(pid, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      await blobs.close();
      await kill();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function run(script: string, dir: string): Promise<string> {
  const path = new URL(script, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: [path, dir] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
