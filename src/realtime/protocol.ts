import { Buffer } from "node:buffer";
import { ParleyError } from "../kernel/errors.ts";
import { encodeMembers } from "../kernel/json.ts";
import { StoreUnavailable } from "../ports/store.ts";

/** Frames of more bytes than this are not read. */
export const MAX_FRAME_BYTES = 128 * 1024;
/** The subprotocol of browsers, whose ticket is offered beside it. */
export const SUBPROTOCOL = "parley.v1";

/** One row of the close codes; `retry` says whether coming back can help. */
const close = (code: number, retry: boolean, meaning: string) => ({ code, retry, meaning });

/** Why a connection ends. */
export const CLOSE = {
  normal: close(1000, false, "The client is done"),
  too_large: close(1009, false, "A frame of more than 128 KiB: send less"),
  restart: close(
    1012,
    true,
    "The node restarts, or could not finish a `resume`: come back after the delay given",
  ),
  malformed: close(4400, false, "Not a text frame of JSON envelopes: the client has a bug"),
  unauthenticated: close(
    4401,
    false,
    "The token ended, or the session was logged out: come with a fresh token",
  ),
  forbidden: close(4403, false, "Not allowed"),
  no_heartbeat: close(4408, true, "Silent for two heartbeats"),
  too_many_connections: close(
    4413,
    false,
    "The user opened too many connections; this one was silent for longest",
  ),
  too_fast: close(4429, true, "More than 20 refusals in 10 s: come back later"),
  too_slow: close(4504, true, "The reader was too slow: 1 MiB was waiting"),
} as const;

export type CloseReason = keyof typeof CLOSE;

/** What a client sends: `{"id":"7","event":"send_message","data":{…}}`. */
export interface Envelope {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

const MAX_ID = 64;

/** Splits a frame into its envelopes, one a line. Throws `SyntaxError` where it is not JSON of that shape. */
export function parseFrame(frame: string): Envelope[] {
  const lines = frame.includes("\n") ? frame.split("\n").filter((line) => line.trim() !== "") : [frame];
  return lines.map(parseEnvelope);
}

function parseEnvelope(line: string): Envelope {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("event" in value) || typeof value.event !== "string") {
    throw new SyntaxError("an envelope is an object with an event");
  }
  const id = "id" in value ? value.id : undefined;
  if (id !== undefined && (typeof id !== "string" || id.length > MAX_ID)) {
    throw new SyntaxError("an envelope's id is a text of at most 64 characters");
  }
  return { id, event: value.event, data: "data" in value ? value.data : undefined };
}

/** The answer to an envelope. */
export function encodeAnswer(id: string | undefined, event: string, data: object, scope = ""): string {
  return `{${id === undefined ? "" : `"id":${JSON.stringify(id)},`}"event":"${event}",${scope}"data":${
    encodeMembers(data)
  }}`;
}

/** A failure as the client may see it; what is not for its eyes is `internal` and tells nothing. */
export function toShown(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return new ParleyError(error instanceof StoreUnavailable ? "store_unavailable" : "internal");
}

/** The answer to an envelope that failed. */
export function encodeError(id: string | undefined, error: unknown): string {
  const known = toShown(error);
  const { code, message, retryable, retryAfterMs, errors } = known;
  return JSON.stringify({ id, event: "error", error: { code, message, retryable, retryAfterMs, errors } });
}

/** A push that is not of one conversation. */
export function encodePush(event: string, data: object): string {
  return `{"event":"${event}","data":${encodeMembers(data)}}`;
}

/** A push of a conversation that is not kept and takes no `rev`. */
export function encodeSignal(event: string, conversationId: string, data: object): string {
  return `{"event":"${event}","conversationId":"${conversationId}","data":${encodeMembers(data)}}`;
}

/** A push of a conversation's change; `data` is JSON already. */
export function encodeChange(event: string, conversationId: string, rev: number, data: string): string {
  return `{"event":"${event}","conversationId":"${conversationId}","rev":${rev},"data":${data}}`;
}

/** `conversationId` and `rev` as they are on an envelope. */
export function scopeOf(conversationId: string, rev: number): string {
  return `"conversationId":"${conversationId}","rev":${rev},`;
}

/** The bytes of a text in UTF-8, counted only where the length alone does not tell. */
export function exceeds(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}

/** Joins texts, one a line, to as few frames as it takes; larger than `MAX_FRAME_BYTES` is only what is one text. */
export function joinFrames(texts: readonly string[]): readonly string[] {
  if (texts.length === 1) return texts;
  // No code unit takes more than three bytes: most need no counting.
  const length = texts.reduce((sum, text) => sum + text.length + 1, 0);
  return length * 3 <= MAX_FRAME_BYTES ? [texts.join("\n")] : cut(texts).map((part) => part.join("\n"));
}

function cut(texts: readonly string[]): string[][] {
  let part: string[] = [];
  let size = 0;
  const parts = [part];
  for (const text of texts) {
    const bytes = Buffer.byteLength(text);
    if (part.length > 0 && size + bytes > MAX_FRAME_BYTES) {
      parts.push(part = []);
      size = 0;
    }
    part.push(text);
    size += bytes + 1;
  }
  return parts;
}

/** The codes after which a client may come back, for `hello`. */
export function retryCodes(): number[] {
  return Object.values(CLOSE).filter(({ retry }) => retry).map(({ code }) => code);
}
