import { iso } from "../../kernel/clock.ts";
import { readHeads } from "../../order/reader.ts";
import { messages } from "../../order/records.ts";
import type { Message } from "../../order/records.ts";
import type { Store, Where } from "../../ports/store.ts";
import { attach, CLAIM_MS } from "./attach.ts";
import { sweepThumbnails } from "./illustrate.ts";
import { drop, finishDrop } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { Uploads } from "./service.ts";

/** Records that one sweep takes of each kind. */
const BATCH = 200;
/** How long a message may take to be deleted. */
const DOOM_MS = 60_000;
/** How long a draft without a record is left alone: its record may be on its way. */
export const DRAFT_MS = 600_000;
/** The beginning of a draft's name is the id of its upload. */
const ID_LENGTH = 26;

/**
 * Does what was left undone: lets go of files whose time has come, whose message is gone or never came, and of drafts that
 * nobody goes on with; makes thumbnails that are due. May stop and start anywhere, on several nodes at once. Answers how many files it let go.
 */
export async function sweepUploads(uploads: Uploads, now: number): Promise<number> {
  const { store } = uploads;
  const find = (where: Where<Upload>) => store.find(records, { where, limit: BATCH });
  const expired = await find({ state: { in: ["pending", "ready"] }, expiresAt: { lt: iso(now) } });
  for (const upload of expired) await dropExpired(uploads, upload, now);
  for (const upload of await find({ claimedAt: { lt: iso(now - CLAIM_MS) } })) {
    await settleClaim(uploads, upload);
  }
  for (const upload of await find({ doomedAt: { lt: iso(now - DOOM_MS) } })) {
    await settleDoom(uploads, upload);
  }
  const dropped = await find({ state: "dropped" });
  for (const upload of dropped) await finishDrop(uploads, upload);
  await sweepDrafts(uploads, now);
  await sweepThumbnails(uploads, now);
  return dropped.length + expired.length;
}

/** Lets go of the files of messages before a place, which retention has stripped. */
export async function clearBefore(uploads: Uploads, conversationId: string, seq: number): Promise<void> {
  const where = { conversationId, messageSeq: { gt: 0, lt: seq } };
  for (const upload of await uploads.store.find(records, { where, limit: BATCH })) {
    await drop(uploads, upload);
  }
}

/** Lets go of files of a conversation that has ended. Answers whether none are left. */
export async function clearConversation(uploads: Uploads, conversationId: string): Promise<boolean> {
  const found = await uploads.store.find(records, { where: { conversationId }, limit: BATCH });
  for (const upload of found) await drop(uploads, upload);
  return found.length === 0;
}

/** One that a message has claimed meanwhile stays. */
async function dropExpired(uploads: Uploads, upload: Upload, now: number): Promise<void> {
  const { store } = uploads;
  const where = { claim: null, expiresAt: { lt: iso(now) } };
  const dropped = await store.patch(
    records,
    upload.id,
    { set: { state: "dropped", expiresAt: null } },
    where,
  );
  if (dropped) await drop(uploads, dropped);
}

async function settleClaim(uploads: Uploads, upload: Upload): Promise<void> {
  const message = await claimant(uploads.store, upload);
  if (message && !message.isDeleted) return await attach(uploads, upload.id, message);
  if (message) return await drop(uploads, upload);
  const set = { claim: null, claimedAt: null, expiresAt: iso(uploads.clock.now() + uploads.expiresMs) };
  await uploads.store.patch(records, upload.id, { set }, {
    claim: upload.claim,
    claimedAt: upload.claimedAt,
  });
}

async function settleDoom(uploads: Uploads, upload: Upload): Promise<void> {
  const message = await claimant(uploads.store, upload);
  if (!message || message.isDeleted) return await drop(uploads, upload);
  await uploads.store.patch(records, upload.id, { set: { doomedAt: null } }, { doomedAt: upload.doomedAt });
}

/** The message that a file was claimed for. */
async function claimant(store: Store, { conversationId, claim }: Upload): Promise<Message | undefined> {
  const [head] = await readHeads(store, [conversationId]);
  if (!head || claim === null) return undefined;
  const [message] = await store.find(messages, { where: { conversationId, dedupe: claim } }, [head]);
  return message;
}

/** Drafts go when nobody has written to them for a while and no upload waits for them. */
async function sweepDrafts({ store, blobs }: Uploads, now: number): Promise<void> {
  for await (const draft of blobs.drafts(now - DRAFT_MS)) {
    const upload = await store.get(records, draft.slice(0, ID_LENGTH));
    const isAwaited = upload?.state === "pending" && draft === upload.id;
    if (!isAwaited) await blobs.dropDraft(draft);
  }
}
