/** The Parley client for TypeScript: runs unchanged in browsers, Deno, Node and Bun, and depends on nothing. */

export { createClient } from "./client.ts";
export { ParleyError } from "./errors.ts";
export type { ClientErrorCode, Failure, FieldProblem } from "./errors.ts";
export type { Bytes, RouteAnswer, RouteInput, RouteName, Routes } from "./routes.ts";
export { indexedDbStorage } from "./storage_indexeddb.ts";
export { memoryStorage } from "./storage_memory.ts";
export type * from "./types.ts";
export type * from "./wire.ts";
