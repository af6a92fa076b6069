import { Buffer } from "node:buffer";

/** Bytes for tests of files, as they come and go in streams. */

/** Texts as bytes, a part each. */
export async function* partsOf(...texts: readonly string[]): AsyncIterable<Uint8Array<ArrayBuffer>> {
  yield* oneByOne(texts);
}

/** Texts, each in a turn of its own, up to an error, which is thrown. */
export async function* oneByOne(
  texts: readonly (string | Error)[],
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  for (const text of texts) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (text instanceof Error) throw text;
    yield new TextEncoder().encode(text);
  }
}

/** `length` bytes of an endless row, which differ wherever they are taken from, in parts of 64 KiB. */
export async function* numbered(from: number, length: number): AsyncIterable<Uint8Array<ArrayBuffer>> {
  for (let at = from; at < from + length; at += 65_536) {
    const part = new Uint8Array(Math.min(65_536, from + length - at));
    for (let i = 0; i < part.length; i++) part[i] = ((at + i) * 2_654_435_761) >>> 24;
    yield await Promise.resolve(part);
  }
}

/** All bytes of a stream. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await bytesOf(stream));
}
