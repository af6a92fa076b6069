import { ascii, joined, u32 } from "../byte_source.ts";
import type { ByteSource } from "../byte_source.ts";
import type { Notes } from "../cleaning.ts";
import { Damaged } from "./damaged.ts";
import { ORIENTATION_BYTES, orientationOf, orientationOnly } from "./exif.ts";
import { Parts } from "./limits.ts";

const MAX_EXIF = 1024 * 1024;
const EXIF = "Exif\0\0";

/**
 * A WebP (RFC 9649, section 2) whose Exif tells the orientation alone and whose XMP is blank. The sizes that its
 * beginning promises stay what they are. What follows its end is left off.
 */
export async function* cleanWebp(source: ByteSource, notes: Notes): AsyncGenerator<Uint8Array> {
  const header = await source.take(12);
  yield header;
  let left = u32(header, 4, true) - 4;
  const parts = new Parts();
  while (left > 0) {
    parts.next();
    const start = await source.take(8);
    const [name, length] = [ascii(start.subarray(0, 4)), u32(start, 4, true)];
    const padded = length + length % 2;
    left -= 8 + padded;
    if (left < 0) throw new Damaged();
    yield start;
    if (name === "EXIF" && length <= MAX_EXIF) yield keepOrientation(await source.take(padded), notes);
    else if (name === "EXIF" || name === "XMP ") yield* blank(source, padded);
    else yield* source.pass(padded);
  }
}

/** The same length again, with nothing else in it. */
function keepOrientation(payload: Uint8Array, notes: Notes): Uint8Array {
  const prefix = ascii(payload.subarray(0, EXIF.length)) === EXIF ? EXIF.length : 0;
  const orientation = orientationOf(payload.subarray(prefix));
  const kept = new Uint8Array(payload.length);
  if (payload.length < prefix + ORIENTATION_BYTES) return kept;
  notes.orientation = orientation;
  kept.set(joined([payload.subarray(0, prefix), orientationOnly(orientation)]));
  return kept;
}

async function* blank(source: ByteSource, length: number): AsyncGenerator<Uint8Array> {
  for await (const part of source.pass(length)) yield new Uint8Array(part.length);
}
