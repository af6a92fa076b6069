import { ascii, joined, u16 } from "../byte_source.ts";
import type { ByteSource } from "../byte_source.ts";
import type { Notes } from "../cleaning.ts";
import { Damaged } from "./damaged.ts";
import { orientationOf, orientationOnly } from "./exif.ts";
import { Parts } from "./limits.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
const EXIF = "Exif\0\0";

/**
 * A JPEG (ITU-T T.81, annex B) without what tells of its maker: of Exif the orientation stays, of other application
 * data JFIF, colour profiles and Adobe's transform. What follows its end is left off.
 */
export async function* cleanJpeg(source: ByteSource, notes: Notes): AsyncGenerator<Uint8Array> {
  const start = await source.take(2);
  if (start[0] !== 0xff || start[1] !== SOI) throw new Damaged();
  yield start;
  const parts = new Parts();
  for (let marker = await nextMarker(source); marker !== EOI; marker = await nextMarker(source)) {
    parts.next();
    if (isLone(marker)) {
      yield new Uint8Array([0xff, marker]);
      continue;
    }
    const length = u16(await source.take(2), 0);
    if (length < 2) throw new Damaged();
    const kept = keep(marker, await source.take(length - 2), notes);
    if (kept) yield segment(marker, kept);
    if (marker === SOS) yield* scan(source);
  }
  yield new Uint8Array([0xff, EOI]);
}

async function nextMarker(source: ByteSource): Promise<number> {
  if ((await source.take(1))[0] !== 0xff) throw new Damaged();
  for (;;) {
    const bytes = await source.atHand(1);
    const at = bytes.findIndex((byte) => byte !== 0xff);
    source.skip(at === -1 ? bytes.length : at + 1);
    const marker = bytes[at];
    if (marker === 0) throw new Damaged();
    if (marker !== undefined) return marker;
  }
}

/** Markers that no length follows. */
function isLone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= SOI);
}

/** What of a segment is kept. */
function keep(marker: number, payload: Uint8Array, notes: Notes): Uint8Array | undefined {
  if (marker === COMMENT) return undefined;
  if (marker < 0xe0 || marker > 0xef) return payload;
  const name = ascii(payload.subarray(0, 12));
  if (marker === 0xe1 && name.startsWith(EXIF)) return keepOrientation(payload.subarray(EXIF.length), notes);
  const isKept = (marker === 0xe0 && name.startsWith("JFIF\0")) ||
    (marker === 0xee && name.startsWith("Adobe")) ||
    (marker === 0xe2 && name === "ICC_PROFILE\0");
  return isKept ? payload : undefined;
}

function keepOrientation(tiff: Uint8Array, notes: Notes): Uint8Array | undefined {
  const orientation = orientationOf(tiff);
  if (orientation === 1) return undefined;
  notes.orientation = orientation;
  return joined([new TextEncoder().encode(EXIF), orientationOnly(orientation)]);
}

function segment(marker: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 2;
  return joined([new Uint8Array([0xff, marker, length >> 8, length & 0xff]), payload]);
}

/** The picture's own bytes, up to the next marker: in them 0xFF is followed by 0, or by a restart. */
async function* scan(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const bytes = await source.atHand(2);
    const end = endOfScan(bytes);
    source.skip(end.at);
    yield bytes.subarray(0, end.at);
    if (end.found) return;
  }
}

/** Where a marker begins, or where there is nothing more to tell from these bytes. */
function endOfScan(bytes: Uint8Array): { at: number; found: boolean } {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 2)) {
    const next = bytes[at + 1];
    if (next === undefined) return { at, found: false };
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return { at, found: true };
  }
  return { at: bytes.length, found: false };
}
