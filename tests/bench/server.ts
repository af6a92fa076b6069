import type { Program } from "../support/program.ts";
import { startProgram } from "../support/program.ts";
import { SERVER_CORE } from "./meter.ts";

/**
 * One node of the product, bound to one core by `wrapper` unless that is empty, without limits. Disposing ends it and
 * empties its folder.
 */
export async function startServer(
  env: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = bindTo(SERVER_CORE),
): Promise<Program> {
  await using own = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "parley-bench-" });
  own.defer(() => Deno.remove(dataDir, { recursive: true }));
  const program = own.use(
    await startProgram({
      PORT: "0",
      HOST: "127.0.0.1",
      DATA_DIR: dataDir,
      LOG_LEVEL: "warn",
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_USER_REQUESTS: "0",
      RATE_LIMIT_MESSAGES: "0",
      RATE_LIMIT_UPLOADS: "0",
      RATE_LIMIT_ACCOUNT: "0",
      MAX_CONNECTIONS_PER_USER: "0",
      MAX_LOOP_DELAY_MS: "0",
      PASSWORD_HASH_MEMORY_KIB: "8",
      PASSWORD_HASH_PASSES: "1",
      HEARTBEAT_MS: "600000",
      ...v8Flags(),
      ...env,
    }, wrapper),
  );
  const kept = own.move();
  return { ...program, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The words before a command that keep its process, and all its threads, on one core; none where that is not possible. */
export function bindTo(core: number): string[] {
  if (navigator.hardwareConcurrency < 2) return [];
  try {
    const { success } = new Deno.Command("taskset", { args: ["--version"], stdout: "null" }).outputSync();
    return success ? ["taskset", "-c", `${core}`] : [];
  } catch {
    return [];
  }
}

/** `BENCH_V8_FLAGS=--prof` has the server write a profile. */
function v8Flags(): Record<string, string> {
  const flags = Deno.env.get("BENCH_V8_FLAGS");
  return flags === undefined ? {} : { DENO_V8_FLAGS: flags };
}
