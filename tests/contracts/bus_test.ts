import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { redisNodes, upstashNodes } from "../support/redis/adapters.ts";
import { redisUrl } from "../support/redis/server.ts";
import { busCases, sharedBusCases } from "./bus_cases.ts";

for (const { name, run } of busCases) {
  Deno.test(`memory bus: ${name}`, async () => {
    await run(() => Promise.resolve(new MemoryBus()));
  });
}

for (const { name, run } of [...busCases, ...sharedBusCases]) {
  Deno.test({
    name: `redis bus: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = redisNodes(redisUrl ?? "");
      await run(() => nodes.bus());
    },
  });
  Deno.test({
    name: `upstash bus: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = upstashNodes(redisUrl ?? "");
      await run(() => nodes.bus());
    },
  });
}
