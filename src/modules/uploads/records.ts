import { collection } from "../../ports/store.ts";
import type { Doc } from "../../ports/store.ts";
import type { UploadKind } from "./schema.ts";

/**
 * A file, from the moment that somebody says that it will come. Times are ISO 8601.
 *
 * `pending` until its bytes are all there and looked at; then `ready`; `dropped` from the moment that nobody may see it
 * any more until its bytes are gone too. It names its bytes (`blob`, `thumbnail`) before they are sealed, so that
 * whoever clears up never misses that they are wanted.
 */
export interface Upload extends Doc {
  readonly state: "pending" | "ready" | "dropped";
  /** As the sender called it, without what is not seen. */
  readonly originalName: string;
  /** As it is saved. */
  readonly fileName: string;
  readonly mimeType: string;
  /**
   * What lists tell apart; `other` while `pending`. Not there in records of an earlier version, which lists of one kind leave
   * out.
   */
  readonly kind?: UploadKind;
  /** Bytes; as announced while `pending`. */
  readonly fileSize: number;
  /** SHA-256 in hexadecimal digits. */
  readonly checksum: string | null;
  readonly uploadedBy: string;
  readonly conversationId: string;
  /** The keys of its bytes. */
  readonly blob: string | null;
  readonly thumbnail: string | null;
  /**
   * Since when it is to have a thumbnail that is not there yet; `null` once it is there, or none can be made. Not there in
   * records of an earlier version.
   */
  readonly thumbnailDue?: string | null;
  /** The key (`dedupe`) of the message that it is, or is about to be. */
  readonly claim: string | null;
  /** Since when a message is about to be it; `null` once it is. */
  readonly claimedAt: string | null;
  readonly messageId: string | null;
  /** The message's place; 0 without one, and once it is `dropped`. */
  readonly messageSeq: number;
  /** Since when its message is about to be deleted. */
  readonly doomedAt: string | null;
  /** Pixels, as it is to be shown. */
  readonly width: number | null;
  readonly height: number | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly blurhash: string | null;
  /** Whoever has a link of it may follow it. */
  readonly isPublic: boolean;
  readonly downloadCount: number;
  readonly createdAt: string;
  /** When it goes unless a message is it. */
  readonly expiresAt: string | null;
}

export const uploads = collection<Upload>({
  name: "uploads",
  indexes: [
    ["blob"],
    ["thumbnail"],
    ["uploadedBy", "id"],
    ["conversationId", "messageSeq"],
    ["conversationId", "kind", "messageSeq"],
    ["conversationId", "claimedAt"],
    ["state", "expiresAt"],
    ["claim"],
    ["claimedAt"],
    ["doomedAt"],
    ["thumbnailDue"],
  ],
});

/** A blob that is being deleted. Who wants bytes of its key waits until it is gone. */
export interface Removal extends Doc {
  readonly since: string;
}

export const removals = collection<Removal>({ name: "upload_removals", indexes: [["since"]] });
