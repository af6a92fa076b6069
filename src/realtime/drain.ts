import type { Clock } from "../kernel/clock.ts";
import type { Hub } from "./hub.ts";
import { encodePush } from "./protocol.ts";

/** Time for what is on its way to be answered, between the warning and the end. */
const GRACE_MS = 500;
/** Time for the other sides to answer the end. */
const CLOSING_MS = 200;
/** Connections come back over this time, at the least, and over more when there are many. */
const SPREAD_MS = 2_000;
const PER_SECOND = 500;

/**
 * Sends everyone away before a planned stop: `server_draining` with delays spread over time, then, once `settled`
 * has resolved, `1012`.
 */
export async function drainHub(hub: Hub, clock: Clock, settled: () => Promise<void>): Promise<void> {
  const spread = Math.max(SPREAD_MS, (hub.size / PER_SECOND) * 1_000);
  const connections = [...hub.connections];
  connections.forEach((connection, index) => {
    const reconnectAfterMs = Math.round(((index + Math.random()) / connections.length) * spread);
    connection.push(encodePush("server_draining", { reconnectAfterMs }));
  });
  if (connections.length > 0) await pause(clock, GRACE_MS);
  await settled();
  for (const connection of [...hub.connections]) connection.close("restart");
  if (connections.length > 0) await pause(clock, CLOSING_MS);
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
