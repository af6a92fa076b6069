import { ParleyError } from "../../kernel/errors.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Store } from "../../ports/store.ts";
import { removals, uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";
import { draftOf, timeIn } from "./service.ts";

type Deps = Pick<Uploads, "store" | "blobs" | "clock">;

/** After this long nobody works on a removal any more, not even a node that stalled: another one may take over. */
export const REMOVAL_MS = 600_000;
/** How long one waits for a removal, and how often one looks. */
const WAIT_MS = 2_000;
const LOOK_MS = 50;

/**
 * Makes a draft the blob of a key that an upload's record names already. A removal of the same key is waited for: it may
 * have looked for records before this one named the key. Throws `files_unavailable` when it does not end.
 */
export async function sealFor(deps: Deps, draft: string, version: string, key: string): Promise<void> {
  for (let waited = 0; await deps.store.get(removals, key); waited += LOOK_MS) {
    if (waited >= WAIT_MS) throw new ParleyError("files_unavailable");
    await new Promise<void>((resolve) => deps.clock.after(LOOK_MS, resolve));
  }
  await deps.blobs.seal(draft, version, key);
}

/** Has nobody see an upload any more, and then lets go of its bytes. What is not done now is done by a sweep. */
export async function drop(uploads: Uploads, upload: Upload): Promise<void> {
  const dropped = await uploads.store.patch(records, upload.id, {
    set: { state: "dropped", expiresAt: null, thumbnailDue: null, messageSeq: 0 },
  });
  if (!dropped) return;
  await finishDrop(uploads, dropped).catch((error: unknown) => {
    uploads.log.warn("upload_not_cleared", { uploadId: upload.id, error: String(error) });
  });
}

/** Lets go of what a dropped upload had, and then of its record. Answers whether all is gone. */
export async function finishDrop(deps: Deps, upload: Upload): Promise<boolean> {
  await deps.blobs.dropDraft(draftOf(upload));
  for (const key of [upload.blob, upload.thumbnail]) {
    if (key !== null && !await reclaim(deps, key)) return false;
  }
  await deps.store.delete(records, upload.id);
  return true;
}

/**
 * Deletes a blob that no upload names. Says that it does, then looks for records, then deletes: whoever names the key
 * earlier is seen, whoever names it later sees the removal. Answers `false` while another one is at it.
 */
export async function reclaim(deps: Deps, key: string): Promise<boolean> {
  const { store, blobs } = deps;
  if (!await mark(deps, key)) return false;
  if (!await isWanted(store, key)) await blobs.remove(key);
  await store.delete(removals, key);
  return true;
}

async function mark(deps: Deps, key: string): Promise<boolean> {
  const { store } = deps;
  const since = timeIn(deps);
  try {
    await store.insert(removals, { id: key, since });
    return true;
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
  }
  const other = await store.get(removals, key);
  if (!other || other.since > timeIn(deps, -REMOVAL_MS)) return false;
  return await store.patch(removals, key, { set: { since } }, { since: other.since }) !== undefined;
}

async function isWanted(store: Store, key: string): Promise<boolean> {
  for (const where of [{ blob: key }, { thumbnail: key }]) {
    const found = await store.find(records, { where });
    if (found.some(({ state }) => state !== "dropped")) return true;
  }
  return false;
}
