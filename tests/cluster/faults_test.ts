import { mongoUri } from "../support/store.ts";
import { redisUrl } from "../support/redis/server.ts";
import { ms } from "./fault.ts";
import { FAULTS } from "./faults.ts";

const SEED = 4;
const services = mongoUri !== undefined && redisUrl !== undefined;

for (const fault of FAULTS) {
  Deno.test({
    name: fault.promise,
    ignore: fault.services && !services,
    // Sockets of killed nodes, and ioredis, end in their own time.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const { acknowledged, lost, doubled, holes, catchUpMs, notes } = await fault.run(SEED);
      const figures = `${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${holes} holes`;
      const line = `${fault.name}: ${figures}, caught up in ${ms(catchUpMs)}; ${notes}\n`;
      Deno.stdout.writeSync(new TextEncoder().encode(line));
    },
  });
}
