/** The client without what only browsers have: what the package of this name is. */

export { createClient } from "./client.ts";
export { ParleyError } from "./errors.ts";
export type { ClientErrorCode, Failure, FieldProblem } from "./errors.ts";
export type { Bytes, RouteAnswer, RouteInput, RouteName, Routes } from "./routes.ts";
export { memoryStorage } from "./storage_memory.ts";
export type * from "./types.ts";
export type * from "./wire.ts";
