import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Upload } from "../../client/mod.ts";
import { client } from "../state/mod.ts";
import { whenOnline } from "./when_online.ts";

/** Addresses that pages and players can follow, for a while. */
export interface FileLinks {
  readonly content: string;
  readonly thumbnail: string | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Asked for with one call: the server takes as many. */
const AT_ONCE = 100;
const AGAIN_MS = 5_000;
/** What ends so soon is not begun with. */
const SOON_MS = 30_000;

/** `null` where there is no such file for the reader any more. */
const known = new Map<string, Signal<FileLinks | null | undefined>>();
let wanted = new Map<string, (() => void)[]>();

/**
 * A file's links: `undefined` until they have come, `null` where there is no such file any more. They stay the same
 * while the component is there, since a player begins anew with another one; `renew` has others come.
 */
export function useLinks(uploadId: string): { links: FileLinks | null | undefined; renew: () => void } {
  const kept = useRef<FileLinks | null | undefined>(undefined);
  const current = linksOf(uploadId).value;
  kept.current ??= current;
  const renew = () => {
    kept.current = undefined;
    void freshLinks(uploadId);
  };
  return { links: kept.current, renew };
}

/** Links that have just been made; `null` where there is no such file any more, or no way to ask. */
export async function freshLinks(uploadId: string): Promise<FileLinks | null> {
  const links = signalOf(uploadId);
  if (links.peek()) links.value = undefined;
  await new Promise<void>((resolve) => want(uploadId, resolve));
  return links.peek() ?? null;
}

/** Keeps links that came with records. */
export function learnLinks(uploads: readonly Pick<Upload, "id" | "links">[]): void {
  for (const { id, links } of uploads) {
    if (links) signalOf(id).value = { ...links, expiresAt: Date.parse(links.expiresAt) };
  }
}

/** Saves a file on the reader's device, under its name. */
export async function download(uploadId: string, name: string): Promise<boolean> {
  const links = await freshLinks(uploadId);
  if (!links) return false;
  const link = document.createElement("a");
  link.href = links.content;
  link.download = name;
  link.click();
  return true;
}

/** Forgets all links: each is for one reader. */
export function forgetLinks(): void {
  known.clear();
}

function linksOf(uploadId: string): Signal<FileLinks | null | undefined> {
  const links = signalOf(uploadId);
  const value = links.peek();
  if (value === undefined || (value && value.expiresAt - Date.now() < SOON_MS)) want(uploadId);
  return links;
}

function signalOf(uploadId: string): Signal<FileLinks | null | undefined> {
  const links = known.get(uploadId) ?? signal<FileLinks | null | undefined>(undefined);
  known.set(uploadId, links);
  return links;
}

/** Gathers what is wanted in one turn. */
function want(uploadId: string, onAsked: () => void = () => {}): void {
  if (wanted.size === 0) setTimeout(ask);
  wanted.set(uploadId, [...wanted.get(uploadId) ?? [], onAsked]);
}

function ask(): void {
  const all = [...wanted];
  wanted = new Map();
  for (let at = 0; at < all.length; at += AT_ONCE) void askFor(all.slice(at, at + AT_ONCE));
}

async function askFor(asked: readonly (readonly [string, readonly (() => void)[]])[]): Promise<void> {
  const uploadIds = asked.map(([id]) => id);
  try {
    const { links } = await client().request("POST /api/uploads/links", { body: { uploadIds } });
    const given = new Map(links.map((link) => [link.uploadId, link]));
    for (const id of uploadIds) {
      const link = given.get(id);
      signalOf(id).value = link ? { ...link, expiresAt: Date.parse(link.expiresAt) } : null;
    }
  } catch {
    // No line, most likely: whoever still looks at it is shown it later.
    setTimeout(() => void askLater(uploadIds), AGAIN_MS);
  }
  for (const [, heard] of asked) heard.forEach((tell) => tell());
}

async function askLater(uploadIds: readonly string[]): Promise<void> {
  await whenOnline();
  for (const id of uploadIds) if (known.has(id) && known.get(id)?.peek() === undefined) want(id);
}
