import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** Pictures made for tests, byte by byte. */

/** A chunk of a PNG. */
export function pngChunk(name: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export const PNG_START: Buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The first chunk of a PNG: eight bits of red, green and blue. */
export function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return pngChunk("IHDR", header);
}

/** A PNG whose colours run across it, with further chunks before its pixels. */
export function picture(
  width: number,
  height: number,
  ...chunks: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows.set([x * 255 / width, y * 255 / height, 128], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  return new Uint8Array(Buffer.concat([
    PNG_START,
    pngHeader(width, height),
    ...chunks,
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", new Uint8Array(0)),
  ]));
}
