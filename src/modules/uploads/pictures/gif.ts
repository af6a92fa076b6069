import { ascii, u16 } from "../byte_source.ts";
import type { ByteSource } from "../byte_source.ts";
import { Damaged } from "./damaged.ts";
import { limitPixels, Parts } from "./limits.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const CONTROL = 0xf9;
const TEXT = 0x01;
const APPLICATION = 0xff;
/** Application data that says how an animation repeats. */
const LOOPS = /^(NETSCAPE2\.0|ANIMEXTS1\.0)/;

/** A GIF (GIF89a specification) without comments and foreign application data. What follows its end is left off. */
export async function* cleanGif(source: ByteSource): AsyncGenerator<Uint8Array> {
  const header = await source.take(13);
  yield header;
  yield* source.pass(tableBytes(header[10] ?? 0));
  const parts = new Parts();
  for (;;) {
    parts.next();
    const start = await source.take(1);
    if (start[0] === TRAILER) return yield start;
    if (start[0] === IMAGE) yield* image(source, start);
    else if (start[0] === EXTENSION) yield* extension(source, start);
    else throw new Damaged();
  }
}

/** A colour table follows where the highest bit says so; the lowest three tell its size. */
function tableBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

async function* image(source: ByteSource, start: Uint8Array): AsyncGenerator<Uint8Array> {
  const descriptor = await source.take(9);
  const place = (at: number) => u16(descriptor, at, true);
  // A frame beyond the screen makes the screen grow.
  limitPixels(place(0) + place(4), place(2) + place(6));
  yield start;
  yield descriptor;
  yield* source.pass(tableBytes(descriptor[8] ?? 0) + 1);
  yield* blocks(source);
}

async function* extension(source: ByteSource, start: Uint8Array): AsyncGenerator<Uint8Array> {
  const label = await source.take(1);
  const name = ascii((await source.peek(12)).subarray(1));
  const isKept = label[0] === CONTROL || label[0] === TEXT || (label[0] === APPLICATION && LOOPS.test(name));
  if (isKept) {
    yield start;
    yield label;
  }
  for await (const part of blocks(source)) if (isKept) yield part;
}

/** Blocks of up to 255 bytes, each after its length, up to one of none; as many at a time as are at hand. */
async function* blocks(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const [length = 0] = await source.atHand(1);
    const bytes = await source.atHand(length + 1);
    const { at, ended } = endOfBlocks(bytes);
    source.skip(at);
    yield bytes.subarray(0, at);
    if (ended) return;
  }
}

/** Where the last whole block ends, and whether it is the one that ends them all. */
function endOfBlocks(bytes: Uint8Array): { at: number; ended: boolean } {
  for (let at = 0;;) {
    const length = bytes[at];
    if (length === undefined || at + length + 1 > bytes.length) return { at, ended: false };
    at += length + 1;
    if (length === 0) return { at, ended: true };
  }
}
