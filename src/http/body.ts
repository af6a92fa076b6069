import type { Context } from "hono";
import { ParleyError } from "../kernel/errors.ts";
import type { HttpEnv } from "./call.ts";

/** Bytes of a JSON body. */
export const MAX_JSON_BYTES = 256 * 1024;

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/**
 * Admits a JSON body and bounds it, whatever the headers claim. Throws `payload_too_large`, or
 * `unsupported_media_type` for a body of another type or a compressed one. No body at all counts as `{}`.
 */
export async function admitJson(c: Context<HttpEnv>): Promise<void> {
  const { raw } = c.req;
  const length = raw.headers.get("content-length");
  const type = raw.headers.get("content-type");
  if (length !== null && Number(length) > MAX_JSON_BYTES) throw new ParleyError("payload_too_large");
  if (type !== null ? !JSON_TYPE.test(type) && length !== "0" : Number(length) > 0) {
    throw notJson();
  }
  if (/^(?!identity$)./i.test(raw.headers.get("content-encoding") ?? "")) {
    throw new ParleyError("unsupported_media_type", "Send the body uncompressed");
  }
  if (length !== null || !raw.body) return;
  const text = await readBounded(raw.body);
  if (type === null && text !== "") throw notJson();
  // Hono reads a body once and keeps the promise of it here.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
}

function notJson(): ParleyError {
  return new ParleyError("unsupported_media_type", "Send the body as application/json");
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JSON_BYTES) throw new ParleyError("payload_too_large");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
