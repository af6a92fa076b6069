import type { Clock } from "../kernel/clock.ts";
import type { Hub } from "./hub.ts";
import type { Lingering } from "./lingering.ts";
import { encodePush } from "./protocol.ts";

/** Time for what is on its way to be answered, between the warning and the end. */
const GRACE_MS = 500;
/** The most time for the other sides to answer the end, and how often is looked whether they have. */
const CLOSING_MS = 2_000;
const LOOK_MS = 20;
/** Connections come back over this time, at the least, and over more when there are many. */
const SPREAD_MS = 2_000;
const PER_SECOND = 500;

/**
 * Sends everyone away before a planned stop: `server_draining` with delays spread over time, then, once `settled`
 * has resolved, `1012`. Those who are slow to answer that, by `lingering`, are waited for a while: who is cut off does
 * not learn why.
 */
export async function drainHub(
  hub: Hub,
  lingering: Lingering,
  clock: Clock,
  settled: () => Promise<void>,
): Promise<void> {
  const spread = Math.max(SPREAD_MS, (hub.size / PER_SECOND) * 1_000);
  const connections = [...hub.connections];
  connections.forEach((connection, index) => {
    const reconnectAfterMs = Math.round(((index + Math.random()) / connections.length) * spread);
    connection.push(encodePush("server_draining", { reconnectAfterMs }));
  });
  if (connections.length > 0) await pause(clock, GRACE_MS);
  await settled();
  for (const connection of [...hub.connections]) connection.close("restart");
  for (let waited = 0; lingering.size > 0 && waited < CLOSING_MS; waited += LOOK_MS) {
    await pause(clock, LOOK_MS);
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
