import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { WebFile, WebFiles } from "../ports/web_files.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/**
 * Reads the web app that `deno task build` has left in `folder`, every file compressed as `<path>.gz`. Answers
 * `undefined` when it has not been built. Throws for a file that nobody knows how to serve.
 */
export async function openWebFiles(folder: URL): Promise<WebFiles | undefined> {
  const files: WebFile[] = [];
  for (const path of await paths(folder)) {
    files.push(fileOf(`/${path}`, await Deno.readFile(new URL(`${path}.gz`, folder))));
  }
  const page = files.find(({ path }) => path === "/index.html");
  return page && { page, others: files.filter((file) => file !== page) };
}

function fileOf(path: string, gzip: Uint8Array<ArrayBuffer>): WebFile {
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)];
  if (!type) throw new Error(`the web app has a file of unknown type: ${path}`);
  const bytes = new Uint8Array(gunzipSync(gzip));
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return { path, type, hash, bytes, gzip };
}

/** What is in the folder, without the ending; what a build is just writing has another one. */
async function paths(folder: URL, under = ""): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(new URL(under, folder))) {
      if (isDirectory) found.push(...await paths(folder, `${under}${name}/`));
      else if (name.endsWith(".gz")) found.push(`${under}${name.slice(0, -".gz".length)}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
