import { ascii, joined, Truncated, u32 } from "./byte_source.ts";
import type { ByteSource } from "./byte_source.ts";
import type { Notes } from "./cleaning.ts";
import { Parts } from "./pictures/limits.ts";

/** Boxes that hold boxes, on the way to where positions are kept. */
const CONTAINERS = new Set(["moov", "trak", "udta", "meta", "ilst"]);
/** A position as cameras (`©xyz`, in Latin-1) and telephones (`loci`, 3GPP TS 26.244, 8.10) keep it, and Adobe's XMP. */
const TELLING = new Set(["\xa9xyz", "loci", "XMP_"]);
const XMP_UUID = "be7acfcb97a942e89c71999491e3afac";
const BLANK = "free";
/** Boxes in boxes: `moov`, `trak`, `udta`, `meta`, `ilst`. */
const MAX_DEPTH = 5;
/** Names of metadata items, longer lists of which no camera writes. */
const MAX_KEYS = 64 * 1024;

/** A box: its first bytes, and how many follow them. */
interface Box {
  readonly type: string;
  readonly head: Uint8Array;
  readonly length: number;
}

/**
 * An MP4 or QuickTime file (ISO/IEC 14496-12, QuickTime File Format) in which the boxes that tell a position are blank and
 * of the same length, so that nothing moves; wherever `moov` stands. What is not made as it should be is kept as it is, and
 * tracks of positions over time too. Throws `Damaged` for more boxes than any has.
 */
export async function* cleanMp4(source: ByteSource, notes: Notes): AsyncGenerator<Uint8Array> {
  try {
    yield* boxes(source, Infinity, [], new Walk(notes));
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
  }
  yield* source.rest();
}

/** What one has seen on the way. */
class Walk {
  readonly parts = new Parts();
  /** The numbers of Apple's metadata items that tell a position, as boxes of `ilst` are named after them. */
  items: ReadonlySet<string> = new Set();

  constructor(readonly notes: Notes) {}
}

async function* boxes(
  source: ByteSource,
  length: number,
  path: readonly string[],
  walk: Walk,
): AsyncGenerator<Uint8Array> {
  let left = length;
  while (left >= 8) {
    walk.parts.next();
    if (left === Infinity && (await source.peek(1)).length === 0) return;
    const box = await nextBox(source, left);
    if (!box) break;
    left -= box.head.length + box.length;
    yield* cleaned(source, box, path, walk);
  }
  if (left !== Infinity) yield* source.pass(left);
}

/** `undefined` where no box begins, with nothing taken. */
async function nextBox(source: ByteSource, left: number): Promise<Box | undefined> {
  const start = await source.peek(16);
  if (start.length < 8) throw new Truncated();
  const [small, isLarge] = [u32(start, 0), u32(start, 0) === 1];
  if (isLarge && start.length < 16) throw new Truncated();
  const head = await source.peek(isLarge ? 16 : 8);
  // A length of 0 reaches to the end.
  const size = isLarge ? u32(start, 8) * 2 ** 32 + u32(start, 12) : small === 0 ? left : small;
  if (size < head.length || size > left) return undefined;
  source.skip(head.length);
  return { type: ascii(head.subarray(4, 8)), head, length: size - head.length };
}

async function* cleaned(
  source: ByteSource,
  { type, head, length }: Box,
  path: readonly string[],
  walk: Walk,
): AsyncGenerator<Uint8Array> {
  const isItem = path.at(-1) === "ilst" && walk.items.has(type);
  if (isItem || TELLING.has(type) || (type === "uuid" && await isXmp(source))) {
    walk.notes.altered = true;
    yield joined([head.subarray(0, 4), new TextEncoder().encode(BLANK), head.subarray(8)]);
    for await (const part of source.pass(length)) yield new Uint8Array(part.length);
    return;
  }
  yield head;
  if (type === "keys" && length <= MAX_KEYS) {
    const keys = await source.take(length);
    walk.items = positionItems(keys);
    yield keys;
  } else if (CONTAINERS.has(type) && path.length < MAX_DEPTH) {
    // In MP4 `meta` has a version before its boxes, in QuickTime none.
    const version = type === "meta" && ascii((await source.peek(8)).subarray(4)) !== "hdlr" ? 4 : 0;
    yield* source.pass(Math.min(version, length));
    yield* boxes(source, Math.max(length - version, 0), [...path, type], walk);
  } else {
    yield* length === Infinity ? source.rest() : source.pass(length);
  }
}

async function isXmp(source: ByteSource): Promise<boolean> {
  return (await source.peek(16)).toHex() === XMP_UUID;
}

/** The items that tell a position, in Apple's list of their names. */
function positionItems(keys: Uint8Array): ReadonlySet<string> {
  const items = new Set<string>();
  for (let at = 8, number = 1; at + 8 <= keys.length; number++) {
    const size = u32(keys, at);
    if (size < 8) break;
    const name = ascii(keys.subarray(at + 8, at + size));
    if (/location|gps/i.test(name)) items.add(ascii(new Uint8Array([0, 0, number >> 8, number & 0xff])));
    at += size;
  }
  return items;
}
