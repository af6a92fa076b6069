import { minify } from "terser";
import { standAlone } from "./declarations.ts";

/** What is imported of the package, and the sources that it is made of. */
const ENTRIES = { ".": "core", "./indexeddb": "storage_indexeddb" };

const SHARED = `import type { ClientStorage } from "./core.js";`;

/** What npm is told of the package. */
const PACKAGE = {
  name: "@parley/client",
  version: "0.1.0",
  description: "The client of the Parley chat backend",
  license: "MIT",
  type: "module",
  sideEffects: false,
  engines: { node: ">=22" },
  exports: Object.fromEntries(
    Object.entries(ENTRIES).map((
      [path, name],
    ) => [path, { types: `./${name}.d.ts`, default: `./${name}.js` }]),
  ),
};

/** Builds the client as a package that needs no other: `main.ts [folder]`, `dist/client` unless given. */
async function main([folder = "dist/client"]: readonly string[]): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const sources = Object.values(ENTRIES).map((name) => new URL(`../${name}.ts`, import.meta.url).pathname);
  const options = ["--quiet", "--minify", "--code-splitting", "--declaration", "--platform=browser"];
  const args = ["bundle", ...options, `--outdir=${folder}`, ...sources];
  const { success } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
  if (!success) throw new Error("the bundler failed");
  const exported = new Set(Object.keys(await import("../mod.ts")));
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".js")) await rewrite(`${folder}/${name}`, shortened);
    if (name.endsWith(".d.ts")) await rewrite(`${folder}/${name}`, (text) => standAlone(text, exported));
  }
  // The bundler declares what entries share in the first of them alone.
  await rewrite(`${folder}/storage_indexeddb.d.ts`, (text) => `${SHARED}\n${text}`);
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(PACKAGE, null, 2) + "\n");
}

async function rewrite(path: string, change: (text: string) => string | Promise<string>): Promise<void> {
  await Deno.writeTextFile(path, await change(await Deno.readTextFile(path)));
}

/** The bundler has shortened private names; the rest is this one's. */
async function shortened(code: string): Promise<string> {
  const compress = { passes: 3, ecma: 2020, unsafe_arrows: true, pure_getters: true } as const;
  return (await minify(code, { module: true, compress })).code ?? code;
}

if (import.meta.main) await main(Deno.args);
