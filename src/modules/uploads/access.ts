import { notFound, ParleyError } from "../../kernel/errors.ts";
import { readHeads, readMembership } from "../../order/reader.ts";
import { messages } from "../../order/records.ts";
import type { Conversation } from "../../order/records.ts";
import { drop } from "./reclaim.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import type { LinkQuery } from "./schema.ts";
import type { Uploads } from "./service.ts";
import { timeIn } from "./service.ts";
import { linksOf } from "./view.ts";

/** Who asks for a file: a user, or whoever has a public link. */
export type Viewer = { readonly userId: string } | "anyone";

/**
 * Whom a request for a file comes from: the user of its access token, or else of its link. Throws `unauthenticated` for a
 * link that is not ours, or has ended.
 */
export function viewerOf(
  { links }: Uploads,
  uploadId: string,
  user: { readonly userId: string } | undefined,
  { user: linked, expires, signature }: LinkQuery,
): Viewer {
  if (user) return user;
  if (expires === undefined || signature === undefined) throw new ParleyError("unauthenticated");
  if (!links.verify("read", uploadId, { user: linked, expires, signature })) {
    throw new ParleyError("unauthenticated", "The link has ended");
  }
  return linked === undefined ? "anyone" : { userId: linked };
}

/**
 * A file that the viewer may see at this moment: as a member of its conversation, while its message is there. One that is
 * still to come is seen by who brings it. Throws `not_found`.
 */
export async function readUpload(uploads: Uploads, viewer: Viewer, id: string): Promise<Upload> {
  const upload = await uploads.store.get(records, id);
  if (!upload || !isThere(uploads, upload)) throw notFound();
  const head = await headFor(uploads, viewer, upload);
  await requireMessage(uploads, head, upload);
  return upload;
}

/** The same, of one whose bytes are there. */
export async function readReady(uploads: Uploads, viewer: Viewer, id: string): Promise<Upload> {
  const upload = await readUpload(uploads, viewer, id);
  if (upload.state !== "ready") throw new ParleyError("upload_incomplete");
  return upload;
}

/** Links of those of `ids` that the user may see. */
export async function readLinks(
  uploads: Uploads,
  userId: string,
  ids: readonly string[],
): Promise<object[]> {
  const found = await Promise.all([...new Set(ids)].map(async (id) => {
    try {
      const upload = await readReady(uploads, { userId }, id);
      return [{ uploadId: id, ...linksOf(uploads, upload, userId) }];
    } catch (error) {
      if (error instanceof ParleyError && error.status < 500) return [];
      throw error;
    }
  }));
  return found.flat();
}

/**
 * Deletes a file that no message is, by who brought it. Throws `not_found`, `forbidden`, and `upload_in_use` for one that
 * goes with its message.
 */
export async function remove(uploads: Uploads, userId: string, id: string): Promise<void> {
  const upload = await readUpload(uploads, { userId }, id);
  if (upload.uploadedBy !== userId) throw new ParleyError("forbidden");
  if (upload.claim !== null) throw new ParleyError("upload_in_use");
  const gone = await uploads.store.patch(records, id, { set: { expiresAt: null, state: "dropped" } }, {
    claim: null,
  });
  if (!gone) throw new ParleyError("upload_in_use");
  await drop(uploads, gone);
}

function isThere(uploads: Uploads, { state, expiresAt }: Upload): boolean {
  return state !== "dropped" && (expiresAt === null || expiresAt > timeIn(uploads));
}

async function headFor({ store }: Uploads, viewer: Viewer, upload: Upload): Promise<Conversation> {
  const { conversationId, state, uploadedBy, isPublic } = upload;
  if (viewer === "anyone") {
    const [head] = await readHeads(store, [conversationId]);
    if (!head || !isPublic) throw notFound();
    return head;
  }
  const { head } = await readMembership(store, conversationId, viewer.userId);
  if (state === "pending" && uploadedBy !== viewer.userId) throw notFound();
  return head;
}

async function requireMessage({ store }: Uploads, head: Conversation, { messageId }: Upload): Promise<void> {
  if (messageId === null) return;
  const [message] = await store.find(messages, { where: { id: messageId } }, [head]);
  if (!message || message.isDeleted || message.seq < head.firstSeq) throw notFound();
}
