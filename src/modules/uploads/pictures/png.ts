import { crc32 } from "node:zlib";
import { ascii, joined, u32 } from "../byte_source.ts";
import type { ByteSource } from "../byte_source.ts";
import type { Notes } from "../cleaning.ts";
import { Damaged } from "./damaged.ts";
import { orientationOf, orientationOnly } from "./exif.ts";
import { Parts } from "./limits.ts";

/** Chunks that a picture is made of, its colours and its animation; all others tell of its maker, or of nothing. */
const KEPT = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST", "pHYs"],
  ...["sPLT", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT"],
]);
const MAX_EXIF = 1024 * 1024;

/**
 * A PNG (W3C PNG, third edition, section 5) without texts, times and positions: of Exif the orientation stays. What
 * follows its end is left off.
 */
export async function* cleanPng(source: ByteSource, notes: Notes): AsyncGenerator<Uint8Array> {
  yield await source.take(8);
  let [isFirst, hasPixels] = [true, false];
  const parts = new Parts();
  for (;;) {
    parts.next();
    const header = await source.take(8);
    const [length, name] = [u32(header, 0), ascii(header.subarray(4))];
    if (!/^[A-Za-z]{4}$/.test(name) || length > 0x7fffffff || isFirst !== (name === "IHDR")) {
      throw new Damaged();
    }
    isFirst = false;
    hasPixels ||= name === "IDAT";
    if (KEPT.has(name)) {
      yield header;
      yield* source.pass(length + 4);
    } else if (name === "eXIf" && length <= MAX_EXIF) {
      const orientation = orientationOf((await source.take(length + 4)).subarray(0, length));
      if (orientation === 1) continue;
      notes.orientation = orientation;
      yield chunk(name, orientationOnly(orientation));
    } else {
      for await (const _ of source.pass(length + 4));
    }
    if (name !== "IEND") continue;
    if (!hasPixels) throw new Damaged();
    return;
  }
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const named = joined([new TextEncoder().encode(name), data]);
  const [length, sum] = [new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))];
  length.setUint32(0, data.length);
  sum.setUint32(0, crc32(named));
  return joined([new Uint8Array(length.buffer), named, new Uint8Array(sum.buffer)]);
}
