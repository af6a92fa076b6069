import { emojiCatalog } from "./emoji.ts";

/** Where the app's sources are. */
const SOURCE = new URL("../", import.meta.url);

/**
 * The files of the web app by their paths. Those under `assets/` carry a hash of their content in their names and
 * never change; `index.html` and `sw.js` name them. Throws what the bundler has to say.
 */
export async function bundle(): Promise<Map<string, Uint8Array>> {
  const assets = await assetsOf();
  const hashed = (text: string) =>
    assets.reduce((result, { name, path }) => result.replaceAll(`/${name}"`, `/${path}"`), text);
  const files = new Map(assets.map(({ path, text }) => [`assets/${path}`, encode(hashed(text))]));
  for await (const { name } of Deno.readDir(new URL("static/", SOURCE))) {
    files.set(name, await Deno.readFile(new URL(`static/${name}`, SOURCE)));
  }
  const page = await Deno.readTextFile(new URL("index.html", SOURCE));
  files.set("index.html", encode(hashed(page.replace("<!-- preload -->", preloads(assets)))));
  files.set("sw.js", encode(await worker(files)));
  return files;
}

/** An output under the name that others know it by, and the one that it gets; its text knows the others by `name`. */
export interface Asset {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Where the text comes from: a source map, for who asked for maps. */
  readonly map?: string | undefined;
}

/** What lies under `assets/`. Throws what the bundler has to say. */
export async function assetsOf(sourcemap?: "external"): Promise<Asset[]> {
  const entries = [
    run("main.tsx", "esm", sourcemap),
    run("boot.ts", "iife", sourcemap),
    run("style/app.css"),
  ];
  const outputs = (await Promise.all(entries)).flat();
  const maps = new Map(outputs.map((output) => [output.path, output]));
  const emoji = await Promise.all([
    data("emoji.json", emojiCatalog("en")),
    data("emoji_de.json", emojiCatalog("de")),
  ]);
  const known = emoji.map(({ path }) => path).join(" ");
  const scripts = outputs.filter(({ path }) => !path.endsWith(".map")).map(async (output) => ({
    ...await named(output, known),
    map: maps.get(`${output.path}.map`)?.text(),
  }));
  return [...await Promise.all(scripts), ...emoji];
}

/**
 * `main.js` becomes `main.<hash>.js`, and `chunk-<hash>.js`, which the bundler has split off, `chunk.<hash>.js`. Names
 * of data come into the scripts after the bundler has made its hashes, so that they count too.
 */
async function named(output: Deno.bundle.OutputFile, known: string): Promise<Asset> {
  const name = output.path.slice(output.path.lastIndexOf("/") + 1);
  const [, stem, kind] = /^(.+?)(?:-[0-9A-Z]{8})?\.(\w+)$/.exec(name) ?? [];
  const hash = await digest(encode(`${name} ${output.hash} ${known}`));
  return { name, path: `${stem}.${hash}.${kind}`, text: output.text() };
}

/** Has what the first script imports fetched beside it, not after it. */
function preloads(assets: readonly Asset[]): string {
  const main = assets.find(({ name }) => name === "main.js")?.text ?? "";
  const names = [...main.matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)].map(([, name]) => name);
  return names.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join("\n    ");
}

/** What the app loads later by its name. */
async function data(name: string, text: string): Promise<Asset> {
  const [stem, kind] = name.split(".");
  return { name, path: `${stem}.${await digest(encode(text))}.${kind}`, text };
}

/** What only some readers want: the service worker keeps it once they have had it. */
const LATER = /^assets\/emoji_/;

/** The service worker, with what it keeps in front: a version that differs between builds, and absolute paths. */
async function worker(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const [script] = await run("worker/sw.ts", "iife");
  const all = await new Blob([...files.values()].map((bytes) => bytes.slice())).arrayBuffer();
  const kept = [...files.keys()].filter((path) => !LATER.test(path));
  const paths = kept.map((path) => path === "index.html" ? "/" : `/${path}`).sort();
  return `const SHELL=${JSON.stringify({ version: await digest(all), paths })};\n${script?.text()}`;
}

async function run(
  entry: string,
  format: "esm" | "iife" = "esm",
  sourcemap?: "external",
): Promise<Deno.bundle.OutputFile[]> {
  const { success, errors, outputFiles = [] } = await Deno.bundle({
    entrypoints: [new URL(entry, SOURCE).pathname],
    outputDir: "/web",
    write: false,
    minify: true,
    platform: "browser",
    format,
    codeSplitting: format === "esm",
    ...(sourcemap && { sourcemap }),
  });
  if (!success) throw new Error(errors.map(({ text, location }) => `${location?.file}: ${text}`).join("\n"));
  return outputFiles;
}

async function digest(bytes: BufferSource): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 8).toHex();
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
