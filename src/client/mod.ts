/** The Parley client for TypeScript: runs unchanged in browsers, Deno, Node and Bun, and depends on nothing. */

export * from "./core.ts";
export { indexedDbStorage } from "./storage_indexeddb.ts";
