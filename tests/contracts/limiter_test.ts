import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { redisNodes, upstashNodes } from "../support/redis/adapters.ts";
import { redisUrl } from "../support/redis/server.ts";
import { limiterCases, sharedLimiterCases } from "./limiter_cases.ts";

for (const { name, run } of limiterCases) {
  Deno.test(`memory limiter: ${name}`, async () => {
    await run(() => Promise.resolve(new MemoryLimiter(systemClock)));
  });
}

for (const { name, run } of [...limiterCases, ...sharedLimiterCases]) {
  Deno.test({
    name: `redis limiter: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = redisNodes(redisUrl ?? "");
      await run(() => nodes.limiter());
    },
  });
  Deno.test({
    name: `upstash limiter: ${name}`,
    ignore: !redisUrl,
    async fn() {
      await using nodes = upstashNodes(redisUrl ?? "");
      await run(() => nodes.limiter());
    },
  });
}
