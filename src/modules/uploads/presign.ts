import { notFound, ParleyError } from "../../kernel/errors.ts";
import { readMembership } from "../../order/reader.ts";
import type { Announced } from "./begin.ts";
import { begin } from "./begin.ts";
import { Links } from "./links.ts";
import { uploads as records } from "./records.ts";
import type { LinkQuery, PresignView } from "./schema.ts";
import type { Uploads } from "./service.ts";
import { draftOf } from "./service.ts";
import { show } from "./view.ts";

/** How long a client may take to bring a file by itself. */
const PUT_MS = 60 * 60_000;

/** Announces a file and tells where its bytes go. Throws what `begin` does. */
export async function presign(
  uploads: Uploads,
  userId: string,
  announced: Announced & { readonly size: number },
): Promise<PresignView> {
  const { blobs, clock, links, expiresMs } = uploads;
  const upload = await begin(uploads, userId, announced, expiresMs);
  const expires = clock.now() + Math.min(PUT_MS, expiresMs);
  const { mimeType, fileSize: size } = upload;
  const { url, headers } = blobs.direct
    ? await blobs.direct.put(draftOf(upload), { size, mimeType }, expires - clock.now())
    : {
      url: links.sign("write", upload.id, "bytes", userId, expires),
      headers: { "content-type": mimeType },
    };
  return {
    upload: show(uploads, upload, userId),
    method: "PUT",
    url,
    headers,
    expiresAt: Links.time(expires),
  };
}

/**
 * Takes the bytes of an announced file, all of them anew. Throws `unauthenticated` for a link that is not ours, or has
 * ended, `payload_too_large` for more bytes than were announced, `not_found`, also for who has left meanwhile.
 */
export async function putBytes(
  uploads: Uploads,
  id: string,
  { user, expires, signature }: LinkQuery,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { links, store, blobs } = uploads;
  const signed = expires !== undefined && signature !== undefined && { user, expires, signature };
  if (!signed || !links.verify("write", id, signed)) {
    throw new ParleyError("unauthenticated", "The link has ended");
  }
  await uploads.writers.alone(id, async (turn) => {
    const upload = await store.get(records, id);
    if (upload?.state !== "pending" || upload.blob !== null) throw notFound();
    await readMembership(store, upload.conversationId, upload.uploadedBy);
    await blobs.dropDraft(draftOf(upload));
    await blobs.append(draftOf(upload), 0, turn.while(atMost(bytes, upload.fileSize)));
  });
}

/** `bytes`, as long as there are no more than so many. Throws `payload_too_large`. */
export async function* atMost(bytes: AsyncIterable<Uint8Array>, max: number): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const part of bytes) {
    count += part.length;
    if (count > max) throw new ParleyError("payload_too_large");
    yield part;
  }
}
