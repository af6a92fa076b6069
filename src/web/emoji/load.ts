import type { Language } from "../i18n/mod.ts";
import type { Catalog, Packed } from "./catalog.ts";
import { unpack } from "./catalog.ts";

const PATHS: Readonly<Record<Language, string>> = {
  en: "/assets/emoji.json",
  de: "/assets/emoji_de.json",
};

const loading = new Map<Language, Promise<Catalog>>();

/** The catalog in a language; it comes over the network once, and again after that has failed. */
export function loadCatalog(language: Language): Promise<Catalog> {
  const catalog = loading.get(language) ?? fetchCatalog(PATHS[language]);
  loading.set(language, catalog);
  catalog.catch(() => loading.delete(language));
  return catalog;
}

async function fetchCatalog(path: string): Promise<Catalog> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`the emoji catalog answers ${answer.status}`);
  const packed: Packed = await answer.json();
  return unpack(packed);
}
