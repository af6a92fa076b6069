import { assert, assertEquals } from "@std/assert";
import { until } from "../support/cluster_random.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { RestClient } from "../support/rest.ts";

Deno.test("a process beyond MAX_MEMORY is not ready, takes no sockets, and is well all the same", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "parley-" });
  const env = {
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    LOG_LEVEL: "error",
    PASSWORD_HASH_MEMORY_KIB: "8",
  };
  try {
    await using program = await startProgram({ ...env, MAX_MEMORY: "1MB" });
    const rest = new RestClient(program.url);
    const metrics = async () => (await rest.call(undefined, "GET /metrics")).body as string;
    const refuses = async () => /^parley_refusing 1$/m.test(await metrics());
    await until(refuses, 20_000, () => "it takes sockets still");
    assert(/^parley_max_memory_bytes 1048576$/m.test(await metrics()));
    assertEquals((await rest.call(undefined, "GET /health/ready")).body.code, "overloaded");
    assertEquals((await rest.call(undefined, "GET /health/live")).status, 200);
    const ann = await rest.register("ann");
    using socket = await RawSocket.open(program.url, { authorization: `Bearer ${ann.token}` });
    assert((await socket.readTo("overloaded")).includes(" 503 "));
    const { code } = await runProgram({ ...env, PORT: new URL(program.url).port }, "healthcheck");
    assertEquals(code, 0);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
