import type { Fault } from "./fault.ts";
import { killAlone, killNodes } from "./kill.ts";
import { contention } from "./order.ts";

/** Every fault, in the order in which `deno task chaos` goes through them. */
export const FAULTS: readonly Fault[] = [killAlone, contention, killNodes];
