import { page } from "../../http/schema.ts";
import { readMembership } from "../../order/reader.ts";
import type { Conversation, Message } from "../../order/records.ts";
import { messages } from "../../order/records.ts";
import { uploads as records } from "./records.ts";
import type { Upload } from "./records.ts";
import { listedUpload } from "./schema.ts";
import type { ListedUpload, ListQuery, UploadPage } from "./schema.ts";
import type { Uploads } from "./service.ts";
import { show } from "./view.ts";

/** Files that one looks through for messages that are only just made. */
const MAX_FRESH = 100;

/**
 * The files of a conversation that are in messages which stand, in the order of the messages, newest first. Whoever has seen
 * a message finds its file here. A page may be shorter than `limit` while messages are being deleted. Throws `not_found`.
 */
export async function listUploads(
  uploads: Uploads,
  userId: string,
  { conversationId, kind, limit, cursor }: ListQuery,
): Promise<UploadPage> {
  const { store } = uploads;
  const { head } = await readMembership(store, conversationId, userId);
  const [first, end] = [Math.max(head.firstSeq, 1), cursor === undefined ? Infinity : Number(cursor)];
  // Those that are only just made come first: read later, one that is written down meanwhile would be in neither.
  const fresh = (await readFresh(uploads, head)).filter((upload) =>
    (kind === undefined || upload.kind === kind) && upload.messageSeq >= first && upload.messageSeq < end
  );
  const placed = await store.find(records, {
    where: {
      conversationId,
      ...(kind !== undefined && { kind }),
      messageSeq: { gte: first, ...(cursor !== undefined && { lt: end }) },
    },
    order: [["messageSeq", "desc"]],
    limit: limit + 1,
  });
  const byPlace = new Map([...fresh, ...placed].map((upload) => [upload.messageSeq, upload]));
  const found = [...byPlace.values()].sort((a, b) => b.messageSeq - a.messageSeq);
  const { rows, pagination } = page(found, limit, ({ messageSeq }) => String(messageSeq));
  const standing = await readStanding(uploads, head, rows);
  const shown = rows.flatMap((upload): ListedUpload[] => {
    const message = standing.get(upload.messageId ?? "");
    return message ? [{ ...show(uploads, upload, userId), ...waveformOf(message) }] : [];
  });
  return { uploads: shown, pagination };
}

/** Files whose message is made but not written down with them, with what is to be written down. */
async function readFresh({ store }: Uploads, head: Conversation): Promise<Upload[]> {
  const claimed = await store.find(records, {
    where: { conversationId: head.id, claimedAt: { gt: "" } },
    order: [["claimedAt", "desc"]],
    limit: MAX_FRESH,
  });
  if (claimed.length === 0) return [];
  const dedupe = { in: claimed.map(({ claim }) => claim) };
  const made = await store.find(messages, { where: { conversationId: head.id, dedupe } }, [head]);
  const byClaim = new Map(made.map((message) => [message.dedupe, message]));
  return claimed.flatMap((upload) => {
    const message = byClaim.get(upload.claim ?? "");
    return message && upload.state === "ready"
      ? [{ ...upload, messageId: message.id, messageSeq: message.seq }]
      : [];
  });
}

/** Those messages of the files that are there and not deleted, by id. */
async function readStanding(
  { store }: Uploads,
  head: Conversation,
  rows: readonly Upload[],
): Promise<ReadonlyMap<string, Message>> {
  if (rows.length === 0) return new Map();
  const where = { id: { in: rows.map(({ messageId }) => messageId) } };
  const found = await store.find(messages, { where }, [head]);
  return new Map(found.filter(({ isDeleted }) => !isDeleted).map((message) => [message.id, message]));
}

function waveformOf({ content: { metadata } }: Message): Pick<ListedUpload, "waveform"> {
  const { waveform } = metadata;
  return waveform === undefined ? {} : { waveform: listedUpload.shape.waveform.parse(waveform) };
}
