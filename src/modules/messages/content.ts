import { hash } from "node:crypto";
import { within } from "../../http/schema.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { MessageContent } from "../../order/records.ts";
import { isEmojiOnly } from "./emoji.ts";
import type { ContentInput } from "./schema.ts";

/** What a client asked to say, in the one form that all ways of asking come to. */
export interface ContentRequest {
  readonly type: Exclude<MessageContent["type"], "system">;
  readonly text: string;
  /** The upload that an image or a file is. */
  readonly uploadId: string | null;
  /** How loud a recording is over its time. */
  readonly waveform: readonly number[] | null;
}

/** Judges what a client wants to say. Throws `invalid_request`. */
export function readContent(input: ContentInput, maxLength: number): ContentRequest {
  const { type, text = "", metadata } = typeof input === "string"
    ? { type: "text" as const, text: input }
    : input;
  const { waveform = null } = metadata ?? {};
  if (waveform && type !== "file") throw invalid("content.metadata.waveform", "Goes with a file of sound");
  if (type === "image" || type === "file") {
    if (!metadata?.uploadId) throw invalid("content.metadata.uploadId", "An upload is required");
    if (text !== "") checkText(text, maxLength);
    return { type, text, uploadId: metadata.uploadId, waveform };
  }
  checkText(text, maxLength);
  if (type === "emoji" && !isEmojiOnly(text)) throw invalid("content.text", "Must be one to twelve emoji");
  return { type, text, uploadId: null, waveform };
}

/** The upload that a message is, if it is one. */
export function uploadIdOf({ metadata }: MessageContent): string | undefined {
  return typeof metadata.uploadId === "string" ? metadata.uploadId : undefined;
}

/** Throws `invalid_request` for a text without or with too many code points. */
export function checkText(text: string, maxLength: number): void {
  if (text.length >= 1 && text.length <= maxLength) return;
  if (!within(text, 1, maxLength)) throw invalid("content.text", `Must have 1 to ${maxLength} characters`);
}

/** The type under which a text is kept. */
export function textType(text: string): "text" | "emoji" {
  return isEmojiOnly(text) ? "emoji" : "text";
}

/**
 * A digest of a request to send, which retries must match. The client's id salts it, so that the digest, which
 * outlives a deleted text, is not found by trying likely texts in bulk.
 */
export function requestDigest(clientId: string, request: ContentRequest, replyTo: string | null): string {
  const { type, text, uploadId, waveform } = request;
  const file = waveform ? `${uploadId} ${waveform}` : uploadId ?? "";
  return hash("sha256", `${type}\n${file}\n${replyTo ?? ""}\n${clientId}\n${text}`, "base64url");
}

function invalid(field: string, message: string): ParleyError {
  return new ParleyError("invalid_request", undefined, { errors: [{ field, message }] });
}
