import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { VipsThumbnailer } from "../../src/adapters/pictures_vips.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { sweepThumbnails } from "../../src/modules/uploads/illustrate.ts";
import { uploads as records } from "../../src/modules/uploads/records.ts";
import { createUploads } from "../../src/modules/uploads/service.ts";
import { BlobsUnavailable } from "../../src/ports/blobs.ts";
import type { Blobs } from "../../src/ports/blobs.ts";
import type { ReadPicture, Thumbnail, Thumbnailer } from "../../src/ports/pictures.ts";
import { picture } from "../support/pictures.ts";
import { brought, bytesAt, openStage } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

/** However busy the machine is with other tests, the library has come by then. */
const PATIENCE_MS = 60_000;
const SHOT = { name: "shot.png", type: "image/png", bytes: picture(3, 2) };

/** Answers every picture with the same thumbnail, or with none, and may have too much to do. */
class TestThumbnailer implements Thumbnailer {
  isBusy = true;
  isFull = false;
  thumbnail: Thumbnail | undefined = { bytes: new TextEncoder().encode("a thumbnail"), blurhash: "LEHV6n" };
  made = 0;

  async make(read: ReadPicture): Promise<Thumbnail | undefined> {
    if (this.isFull) throw new ParleyError("overloaded");
    const bytes = await read();
    this.made++;
    return bytes && this.thumbnail;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function withBusy(
  run: (stage: UploadStage, thumbnails: TestThumbnailer, blobs: Blobs) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  const [thumbnails, blobs] = [new TestThumbnailer(), new FolderBlobs(dir)];
  try {
    await using stage = await openStage({ thumbnails, blobs });
    await run(stage, thumbnails, blobs);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("pictures that wait for their thumbnail are not held: one is read at a time, when it is its turn", async () => {
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger, patienceMs: PATIENCE_MS });
  let [held, most, busy] = [0, 0, false];
  const make = () =>
    thumbnails.make(async () => {
      most = Math.max(most, ++held);
      busy ||= thumbnails.isBusy;
      return await Promise.resolve(picture(64, 64));
    }).finally(() => held--);
  try {
    const made = await Promise.all(Array.from({ length: 40 }, make));
    assert(made.every((thumbnail) => thumbnail !== undefined));
    assertEquals([most, busy, thumbnails.isBusy], [1, true, false]);
  } finally {
    await thumbnails.close();
  }
});

Deno.test("a queue that is full says so at once, and one in which nothing moves in time", async () => {
  const thumbnails = new VipsThumbnailer({ clock: systemClock, log: silentLogger, patienceMs: 50 });
  const { promise: over, resolve: goOn } = Promise.withResolvers<undefined>();
  const first = thumbnails.make(() => over);
  const waiting = Array.from({ length: 1_000 }, () => thumbnails.make(() => Promise.resolve(undefined)));
  const settled = Promise.allSettled(waiting);
  const error = await assertRejects(() => thumbnails.make(() => Promise.resolve(undefined)), ParleyError);
  assertEquals(error.code, "overloaded");
  assert((await settled).every(({ status }) => status === "rejected"));
  goOn(undefined);
  assertEquals(await first, undefined);
  await thumbnails.close();
});

Deno.test("where many wait, a picture is taken all the same, and its thumbnail is made when it is asked for", async () => {
  await withBusy(async (stage, thumbnails) => {
    const { server, ann, ben, conversationId } = stage;
    const file = await brought(stage, ann, SHOT);
    const url = `/api/uploads/${file.id}/thumbnail`;
    assertEquals([file.status, file.metadata.thumbnailUrl, file.metadata.blurhash], ["ready", url, null]);
    assert(file.links.thumbnail.startsWith(url));
    const content = { type: "image", metadata: { uploadId: file.id } };
    const message = { conversationId, clientId: "1", content };
    const { metadata } = (await server.ok(ann, "POST /api/messages", message)).content;
    assertEquals([metadata.thumbnailUrl, metadata.blurhash], [url, undefined]);
    assertEquals(thumbnails.made, 0);
    const asked = await Promise.all(Array.from({ length: 5 }, () => bytesAt(stage, ben, url)));
    assertEquals(asked.map(({ status, text }) => `${status} ${text}`), Array(5).fill("200 a thumbnail"));
    const before = thumbnails.made;
    assertEquals((await bytesAt(stage, ben, url)).text, "a thumbnail");
    assertEquals(thumbnails.made, before);
    assertEquals((await server.ok(ben, `GET /api/uploads/${file.id}`)).metadata.blurhash, "LEHV6n");
  });
});

Deno.test("who asks while too many wait is to come again, and a picture of which none can be made has none", async () => {
  await withBusy(async (stage, thumbnails) => {
    const { server, ann } = stage;
    const { id } = await brought(stage, ann, SHOT);
    thumbnails.isFull = true;
    const full = await bytesAt(stage, ann, `/api/uploads/${id}/thumbnail`);
    assertEquals([full.status, JSON.parse(full.text).code], [503, "overloaded"]);
    [thumbnails.isFull, thumbnails.thumbnail] = [false, undefined];
    for (let n = 0; n < 2; n++) {
      assertEquals((await bytesAt(stage, ann, `/api/uploads/${id}/thumbnail`)).status, 404);
    }
    const { metadata, links } = await server.ok(ann, `GET /api/uploads/${id}`);
    assertEquals([metadata.thumbnailUrl, links.thumbnail, thumbnails.made], [null, null, 1]);
  });
});

Deno.test("a sweep makes the thumbnails that nobody has asked for, and goes on where the storage was away", async () => {
  await withBusy(async (stage, thumbnails, blobs) => {
    const { server, ann } = stage;
    const files = await Promise.all([1, 2, 3].map(() => brought(stage, ann, SHOT)));
    let isAway = true;
    const sometimes = new Proxy(blobs, {
      get(target, key) {
        if (key === "read" && isAway) return () => Promise.reject(new BlobsUnavailable("away"));
        const value = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const uploads = createUploads({
      ...{ store: server.store, blobs: sometimes, thumbnails, clock: systemClock, log: silentLogger },
      ...{ rules: { maxBytes: 1, types: [] }, quota: 0, expiresMs: 1, redirects: false, secret: "s" },
    });
    const due = () => server.store.count(records, { thumbnailDue: { gt: "" } });
    const later = () => sweepThumbnails(uploads, Date.now() + 61_000);
    await sweepThumbnails(uploads, Date.now());
    await later();
    assertEquals([await due(), thumbnails.made], [3, 0]);
    thumbnails.isBusy = false;
    await later();
    assertEquals(await due(), 3);
    isAway = false;
    await later();
    assertEquals([await due(), thumbnails.made], [0, 3]);
    for (const { id } of files) {
      const { metadata } = await server.ok(ann, `GET /api/uploads/${id}`);
      assertEquals(metadata.blurhash, "LEHV6n");
      assertEquals((await bytesAt(stage, ann, metadata.thumbnailUrl)).text, "a thumbnail");
    }
  });
});
