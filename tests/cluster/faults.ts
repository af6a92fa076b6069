import type { Fault } from "./fault.ts";
import { drain } from "./drain.ts";
import { killAlone, killNodes, stallNode } from "./kill.ts";
import { members } from "./members.ts";
import { contention } from "./order.ts";
import { presence } from "./presence.ts";
import { logouts } from "./sessions.ts";
import { storeStalled } from "./store.ts";
import { redisKilled, redisStalled } from "./redis.ts";

/** Every fault, in the order in which `deno task chaos` goes through them. */
export const FAULTS: readonly Fault[] = [
  killAlone,
  contention,
  killNodes,
  stallNode,
  redisKilled,
  redisStalled,
  members,
  logouts,
  storeStalled,
  drain,
  presence,
];
