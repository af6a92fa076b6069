import { z } from "zod";
import { ParleyError } from "../../kernel/errors.ts";

/** An opaque, URL-safe text that names a place in a list. */
export function encodeCursor(place: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The place that a cursor names. Throws `invalid_request` for a text that `encodeCursor` has not made. */
export function decodeCursor<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    return schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    const errors = [{ field: "cursor", message: "Must be a nextCursor of this list" }];
    throw new ParleyError("invalid_request", undefined, { errors, cause });
  }
}

/** JSON can spell lone surrogates, which no store takes. */
const text = z.string().refine((value) => value.isWellFormed());

/** A time and an id. */
export const activityPlace = z.tuple([text, text]);
/** A name in lower case and an id. */
export const namePlace = z.tuple([text, text]);
/** The `rev` of joining and a user's id. */
export const memberPlace = z.tuple([z.int(), text]);
