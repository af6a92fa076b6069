import { gzipSync } from "node:zlib";
import { bundle } from "./bundle.ts";
import { keep } from "./keep.ts";

/** Builds the web app: `main.ts [folder]`. Without an argument it lands in `dist/web`, where the server looks. */
async function main([folder = "dist/web"]: readonly string[]): Promise<void> {
  const files = await bundle();
  const kept = new Map([...files].map(([path, bytes]) => [`${path}.gz`, gzipSync(bytes, { level: 9 })]));
  await keep(folder, kept);
}

if (import.meta.main) await main(Deno.args);
