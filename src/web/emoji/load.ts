import type { Catalog, Packed } from "./catalog.ts";
import { unpack } from "./catalog.ts";

let loading: Promise<Catalog> | undefined;

/** The catalog; it comes over the network once, and again after that has failed. */
export function loadCatalog(): Promise<Catalog> {
  loading ??= fetchCatalog();
  loading.catch(() => loading = undefined);
  return loading;
}

async function fetchCatalog(): Promise<Catalog> {
  const answer = await fetch("/assets/emoji.json");
  if (!answer.ok) throw new Error(`the emoji catalog answers ${answer.status}`);
  const packed: Packed = await answer.json();
  return unpack(packed);
}
