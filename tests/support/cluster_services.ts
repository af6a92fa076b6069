import { startMongo } from "./cluster_mongo.ts";

/** What the clusters of a run stand on beside their own Redis servers. Disposing ends what was started. */
export interface Services extends AsyncDisposable {
  /** Why there are none, when there are none. */
  readonly missing: string | undefined;
}

/**
 * Makes sure of a MongoDB server, `TEST_MONGODB_URI`, and of the means to start Redis servers: what the environment does
 * not name is started here, if it can be.
 */
export async function findServices(): Promise<Services> {
  if (!await exists("redis-server")) return absent("redis-server is not installed");
  if (Deno.env.get("TEST_MONGODB_URI")) return { missing: undefined, [Symbol.asyncDispose]: async () => {} };
  try {
    const mongo = await startMongo();
    Deno.env.set("TEST_MONGODB_URI", mongo.uri);
    return { missing: undefined, [Symbol.asyncDispose]: () => mongo[Symbol.asyncDispose]() };
  } catch (error) {
    return absent(error instanceof Error ? error.message.trim() : String(error));
  }
}

function absent(missing: string): Services {
  return { missing, [Symbol.asyncDispose]: async () => {} };
}

async function exists(command: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${command}`] }).output();
  return success;
}
