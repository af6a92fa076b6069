import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { VipsThumbnailer } from "../../src/adapters/pictures_vips.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { gif, jpeg, picture, pngChunk, webp, withOrientation } from "../support/pictures.ts";
import { brought, bytesAt, openStage } from "./uploads_support.ts";

/** What tells of a place, wherever a format keeps it. */
const PLACE = "GPS 52.520008 N 13.404954 E";

const told = (bytes: Uint8Array) => Buffer.from(bytes).includes(PLACE);

Deno.test("a picture keeps what it shows and how it lies, and nothing of where it was taken", async () => {
  await using stage = await openStage();
  const exif = withOrientation(6, PLACE);
  const place = Buffer.from(PLACE);
  const pictures = [
    ["a.jpg", "image/jpeg", jpeg(4, 2, exif, place), [2, 4]],
    ["a.png", "image/png", picture(4, 2, pngChunk("eXIf", exif), pngChunk("tEXt", place)), [4, 2]],
    ["a.webp", "image/webp", webp(4, 2, exif, place), [4, 2]],
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
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger });
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
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger });
  try {
    assertEquals(await thumbnails.make(new TextEncoder().encode("no picture at all")), undefined);
    const made = await thumbnails.make(picture(50, 20));
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
