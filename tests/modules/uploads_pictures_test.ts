import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { VipsThumbnailer } from "../../src/adapters/pictures_vips.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { Inspection } from "../../src/modules/uploads/inspect.ts";
import {
  gif,
  jpeg,
  picture,
  PNG_START,
  pngChunk,
  pngHeader,
  webp,
  withOrientation,
} from "../support/pictures.ts";
import { bring, brought, bytesAt, openStage, said } from "./uploads_support.ts";

/** However busy the machine is with other tests, the library has come by then. */
const PATIENCE_MS = 60_000;
const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/** What tells of a place, wherever a format keeps it. */
const PLACE = "GPS 52.520008 N 13.404954 E";

/** A GIF of one pixel with a frame of so many a side. */
function gifWithFrame(pixels: number): Uint8Array<ArrayBuffer> {
  const bytes = gif(1, 1);
  const view = new DataView(bytes.buffer);
  for (const at of [5, 7]) view.setUint16(bytes.indexOf(0x2c) + at, pixels, true);
  return bytes;
}

const told = (bytes: Uint8Array) => Buffer.from(bytes).includes(PLACE);

Deno.test("a picture keeps what it shows and how it lies, and nothing of where it was taken", async () => {
  await using stage = await openStage();
  const exif = withOrientation(6, PLACE);
  const place = Buffer.from(PLACE);
  const pictures = [
    ["a.jpg", "image/jpeg", jpeg(4, 2, exif, place), [2, 4]],
    ["a.png", "image/png", picture(4, 2, pngChunk("eXIf", exif), pngChunk("tEXt", place)), [2, 4]],
    ["a.webp", "image/webp", webp(4, 2, exif, place), [2, 4]],
    ["a.gif", "image/gif", gif(4, 2, place), [4, 2]],
  ] as const;
  for (const [name, type, bytes, size] of pictures) {
    assert(told(bytes), name);
    const file = await brought(stage, stage.ann, { name, type, bytes: new Uint8Array(bytes) });
    assertEquals([file.metadata.width, file.metadata.height], size, name);
    const kept = await bytesAt(stage, stage.ann, file.url);
    assertEquals([kept.headers.get("content-type"), kept.bytes.length], [type, file.fileSize]);
    assert(!told(kept.bytes), name);
    const again = await brought(stage, stage.ann, { name, type, bytes: kept.bytes });
    assertEquals(again.checksum, file.checksum, `${name} is clean once and for all`);
  }
});

Deno.test("what follows the end of a picture is not kept", async () => {
  await using stage = await openStage();
  for (const [type, bytes] of [["image/png", picture(2, 2)], ["image/gif", gif(2, 2)]] as const) {
    const more = new Uint8Array(Buffer.concat([bytes, Buffer.from("PK\x03\x04<script>")]));
    const file = await brought(stage, stage.ann, { name: "a", type, bytes: more });
    assertEquals((await bytesAt(stage, stage.ann, file.url)).bytes.length, bytes.length);
  }
});

Deno.test("a picture has a thumbnail of 320 pixels and a blurhash, for whoever may see it", async () => {
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger, patienceMs: PATIENCE_MS });
  try {
    await using stage = await openStage({ thumbnails });
    const { server, ann, ben, eve } = stage;
    const bytes = picture(640, 400);
    const file = await brought(stage, ann, { name: "a.png", type: "image/png", bytes });
    const { metadata, links } = file;
    assertEquals([metadata.width, metadata.height], [640, 400]);
    assertMatch(metadata.blurhash, /^.{28}$/);
    const small = await bytesAt(stage, ben, metadata.thumbnailUrl);
    assertEquals([small.status, small.headers.get("content-type")], [200, "image/webp"]);
    assertEquals(small.text.slice(8, 12), "WEBP");
    assertEquals((await bytesAt(stage, eve, metadata.thumbnailUrl)).status, 404);
    assertEquals((await bytesAt(stage, undefined, links.thumbnail)).bytes, small.bytes);
    const etag = small.headers.get("etag") ?? "";
    const known = await bytesAt(stage, ben, metadata.thumbnailUrl, { headers: { "if-none-match": etag } });
    assertEquals([known.status, known.bytes.length], [304, 0]);
    await server.ok(ann, `DELETE /api/uploads/${file.id}`);
    assertEquals((await bytesAt(stage, ben, metadata.thumbnailUrl)).status, 404);
  } finally {
    await thumbnails.close();
  }
});

Deno.test("the thumbnailer answers what is no picture with none, and goes on", async () => {
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger, patienceMs: PATIENCE_MS });
  try {
    assertEquals(
      await thumbnails.make(() => Promise.resolve(new TextEncoder().encode("none at all"))),
      undefined,
    );
    const made = await thumbnails.make(() => Promise.resolve(picture(50, 20)));
    assert(made && made.bytes.length > 0);
  } finally {
    await thumbnails.close();
  }
});

Deno.test("a thumbnail that takes too long is given up, and the picture is there without it", async () => {
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger, patienceMs: 1 });
  try {
    await using stage = await openStage({ thumbnails });
    const file = await brought(stage, stage.ann, { name: "a.png", type: "image/png", bytes: picture(9, 9) });
    assertEquals([file.status, file.metadata.thumbnailUrl, file.metadata.blurhash], ["ready", null, null]);
  } finally {
    await thumbnails.close();
  }
});

Deno.test("a picture of more parts than any has is refused before all of it is read", async () => {
  const jpegStart = Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 2]);
  const webpStart = Buffer.from("RIFF\xff\xff\xff\x0fWEBP", "latin1");
  const pictures = [
    [jpegStart, Buffer.from([0xff, 0x01])],
    [jpegStart, Buffer.from([0xff, 0xfe, 0, 2])],
    [Buffer.concat([PNG_START, pngHeader(1, 1)]), pngChunk("IDAT", Buffer.alloc(0))],
    [webpStart, Buffer.from("ABCD\0\0\0\0", "latin1")],
    [gif(1, 1).subarray(0, 13), Buffer.from([0x21, 0xfe, 0])],
  ] as const;
  for (const [start, part] of pictures) {
    const many = Buffer.alloc(65_536 * part.length, part);
    let read = 0;
    const bytes = async function* () {
      yield start;
      for (; read < 30; read++) yield many;
    };
    const inspection = new Inspection({ maxBytes: 2 ** 30, types: PICTURES }, undefined);
    const error = await assertRejects(() => Array.fromAsync(inspection.keep(bytes())), ParleyError);
    assertEquals([error.code, read < 3], ["file_damaged", true], `${part.toString("hex")}: ${read}`);
  }
});

Deno.test("the blocks of a GIF are kept as they come, however small they are, and however they are torn", async () => {
  const [head, blocks] = [Buffer.from("474946383961010001000000002c0000000001000100", "hex"), 5_000];
  const whole = Buffer.concat([
    head,
    Buffer.from([0, 2]),
    Buffer.alloc(2 * blocks, "\x01\x05"),
    Buffer.from([0, 0x3b]),
  ]);
  for (const size of [1, 2, 3, 1000, whole.length]) {
    const torn = async function* () {
      for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
    };
    const inspection = new Inspection({ maxBytes: 2 ** 30, types: PICTURES }, undefined);
    const kept = await Array.fromAsync(inspection.keep(torn()));
    assertEquals(Buffer.concat(kept), whole);
    if (size === whole.length) assert(kept.length < 20, `${kept.length} parts`);
  }
});

Deno.test("a GIF whose frame is larger than its screen says is as large as its frame", async () => {
  await using stage = await openStage();
  const bytes = gifWithFrame(20_000);
  const answer = await bring(stage, stage.ann, {
    name: "a.gif",
    type: "image/gif",
    bytes: new Uint8Array(bytes),
  });
  assertEquals(said(answer), "422 picture_too_large");
});
