/** The Deno standard library's assertions, from npm, with the types that the package leaves out. */
// @ts-types="./deno_std.d.ts"
export * from "deno-std/assert";
