import type { Clock, Stop } from "../kernel/clock.ts";
import type { Hub } from "./hub.ts";

const EVERY_MS = 500;

/** Ends the connections whose client is silent for twice `heartbeatMs`, or whose token has ended. Answers how to stop. */
export function patrol(hub: Hub, clock: Clock, heartbeatMs: number): Stop {
  return clock.every(EVERY_MS, () => {
    const now = clock.now();
    for (const connection of [...hub.connections]) {
      if (now >= connection.expiresAt) connection.close("unauthenticated");
      else if (now - connection.heardAt > 2 * heartbeatMs) connection.close("no_heartbeat");
    }
  });
}
