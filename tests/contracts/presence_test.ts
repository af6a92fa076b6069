import { MemoryPresence } from "../../src/adapters/presence_memory.ts";
import { redisNodes, upstashNodes } from "../support/redis/adapters.ts";
import { redisUrl } from "../support/redis/server.ts";
import { presenceCases, sharedPresenceCases } from "./presence_cases.ts";

for (const { name, run } of presenceCases) {
  Deno.test(`memory presence: ${name}`, async () => {
    await run(() => Promise.resolve(new MemoryPresence()));
  });
}

for (const { name, run } of [...presenceCases, ...sharedPresenceCases]) {
  Deno.test({
    name: `redis presence: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = redisNodes(redisUrl ?? "");
      await run((leaseMs) => nodes.presence(leaseMs));
    },
  });
  Deno.test({
    name: `upstash presence: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = upstashNodes(redisUrl ?? "");
      await run((leaseMs) => nodes.presence(leaseMs));
    },
  });
}
