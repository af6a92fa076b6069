import type { Fault } from "./fault.ts";
import { drain, drainAlone } from "./drain.ts";
import { halfOpen } from "./half_open.ts";
import { hot } from "./hot.ts";
import { killAlone, killNodes, stallNode } from "./kill.ts";
import { members } from "./members.ts";
import { contention } from "./order.ts";
import { passing } from "./passing.ts";
import { endlessMessages, vanished } from "./overload.ts";
import { presence } from "./presence.ts";
import { stalledReader } from "./readers.ts";
import { logouts } from "./sessions.ts";
import { storeKilled, storeStalled } from "./store.ts";
import { workers } from "./workers.ts";
import { redisKilled, redisStalled } from "./redis.ts";
import { storm } from "./storm.ts";

/** Every fault, in the order in which `deno task chaos` goes through them. */
export const FAULTS: readonly Fault[] = [
  killAlone,
  drainAlone,
  workers,
  contention,
  hot,
  killNodes,
  stallNode,
  redisKilled,
  redisStalled,
  halfOpen,
  members,
  passing,
  logouts,
  storeStalled,
  storeKilled,
  drain,
  presence,
  vanished,
  stalledReader,
  endlessMessages,
  storm,
];
