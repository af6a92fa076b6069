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

/** An Exif block (a TIFF) that tells an orientation, and holds a text besides. */
export function withOrientation(orientation: number, text: string): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.set([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
  return Buffer.concat([tiff, Buffer.from(text)]);
}

function jpegSegment(marker: number, ...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/** What looks like a JPEG to whoever does not decode it: markers, sizes and bytes in between. */
export function jpeg(width: number, height: number, exif: Uint8Array, comment: Uint8Array): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
    jpegSegment(0xe1, Buffer.from("Exif\0\0", "latin1"), exif),
    jpegSegment(0xe1, Buffer.from("http://ns.adobe.com/xap/1.0/\0", "latin1"), comment),
    jpegSegment(0xfe, comment),
    jpegSegment(0xc0, frame),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 0x3f, 0])),
    Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4]),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function webpChunk(name: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** What looks like a WebP, likewise. */
export function webp(width: number, height: number, exif: Uint8Array, xmp: Uint8Array): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = 0x0c;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const chunks = Buffer.concat([
    webpChunk("VP8X", extended),
    webpChunk("VP8L", Buffer.from([0x2f, 0, 0, 0, 0])),
    webpChunk("EXIF", exif),
    webpChunk("XMP ", xmp),
  ]);
  const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  head.writeUInt32LE(chunks.length + 4, 4);
  return Buffer.concat([head, chunks]);
}

/** A GIF of one frame, with a comment and foreign application data where one is given. */
export function gif(width: number, height: number, comment?: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const noted = comment
    ? [Buffer.from([0x21, 0xfe, comment.length]), comment, Buffer.from([0])].concat(
      [
        Buffer.from("!\xff\x0bXMP DataXMP", "latin1"),
        Buffer.from([comment.length]),
        comment,
        Buffer.from([0]),
      ],
    )
    : [];
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0x4c, 1, 0]);
  frame.writeUInt16LE(width, 5);
  frame.writeUInt16LE(height, 7);
  return new Uint8Array(Buffer.concat([head, ...noted, frame, Buffer.from([0x3b])]));
}
