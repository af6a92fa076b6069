import process from "node:process";
import type { MemoryUsage } from "../kernel/memory.ts";

/** What this process holds. Takes about 10 µs. */
export function readMemory(): MemoryUsage {
  return Deno.memoryUsage();
}

/** The most that the process's control group may hold, in bytes; `undefined` where the machine alone bounds it. */
export function memoryLimit(): number | undefined {
  try {
    const limit = process.constrainedMemory();
    return limit > 0 && limit < Deno.systemMemoryInfo().total ? limit : undefined;
  } catch {
    return undefined; // no control groups here, or no permission to look
  }
}
