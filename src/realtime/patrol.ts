import type { Clock, Stop } from "../kernel/clock.ts";
import type { Hub } from "./hub.ts";

const EVERY_MS = 500;

/**
 * Ends the connections whose client is silent for twice `heartbeatMs`, or whose token has ended. A process that was
 * stopped, or whose clock was put forward, for longer than clients may be silent, counts their silence from then on:
 * what they sent meanwhile is still to be read. Answers how to stop.
 */
export function patrol(hub: Hub, clock: Clock, heartbeatMs: number): Stop {
  let last = clock.now();
  let deafUntil = -Infinity;
  return clock.every(EVERY_MS, () => {
    const now = clock.now();
    if (now - last - EVERY_MS > heartbeatMs) deafUntil = now;
    last = now;
    for (const connection of [...hub.connections]) {
      const silentMs = now - Math.max(connection.heardAt, deafUntil);
      if (now >= connection.expiresAt) connection.close("unauthenticated");
      else if (silentMs > 2 * heartbeatMs) connection.close("no_heartbeat");
    }
  });
}
