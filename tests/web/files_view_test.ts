import { assert, assertEquals } from "@std/assert";
import { ParleyError } from "../../src/client/mod.ts";
import { extensionOf } from "../../src/web/files/file_card.tsx";
import { fileOf, shownSize } from "../../src/web/files/facts.ts";
import { pastedFiles } from "../../src/web/files/give.ts";
import { clockOf, loudness } from "../../src/web/files/recording.ts";
import { refusalText } from "../../src/web/files/refusals.ts";
import { picturesIn } from "../../src/web/files/shared.ts";
import { gathered, spread } from "../../src/web/files/peaks.ts";
import { fitted, moved, WHOLE, zoomed } from "../../src/web/files/zoom.ts";
import { local } from "./conversation_support.ts";
import type { Said } from "./conversation_support.ts";

const facts = (said: Said) => fileOf(local({ text: "", ...said }).message);

Deno.test("fileOf() tells what kind of file a message is", () => {
  const kind = (fileType: string) => facts({ type: "file", metadata: { uploadId: "u", fileType } })?.kind;
  assertEquals(["audio/webm", "video/mp4", "application/pdf", ""].map(kind), [
    "audio",
    "video",
    "other",
    "other",
  ]);
  const picture = facts({
    type: "image",
    metadata: {
      ...{ uploadId: "u", imageSize: 12, imageDimensions: { width: 3, height: 2 } },
      ...{ thumbnailUrl: "/t", blurhash: "LE" },
    },
  });
  assertEquals(picture, {
    ...{ uploadId: "u", kind: "picture", name: "Picture", hasName: false, size: 12, width: 3 },
    ...{ height: 2, blurhash: "LE", hasThumbnail: true, duration: undefined, waveform: undefined },
  });
});

Deno.test("fileOf() takes nothing at its word, and finds none where there is none", () => {
  assertEquals(facts({ type: "text", metadata: { uploadId: "u" } }), undefined);
  assertEquals(facts({ type: "file" }), undefined);
  assertEquals(facts({ type: "file", metadata: { uploadId: 7 } }), undefined);
  assertEquals(facts({ type: "image", metadata: { uploadId: "u" }, isDeleted: true }), undefined);
  const strange = facts({
    type: "image",
    metadata: { uploadId: "u", imageSize: "1", imageDimensions: [1, 2], blurhash: {}, duration: -1 },
  });
  assertEquals(
    [strange?.size, strange?.width, strange?.blurhash, strange?.duration],
    Array(4).fill(undefined),
  );
  assertEquals(facts({ type: "file", metadata: { uploadId: "u", fileType: "audio/x y" } })?.kind, "other");
});

Deno.test("picturesIn() finds the pictures, in their order", () => {
  const image = (seq: number) => local({ seq, type: "image", metadata: { uploadId: `u${seq}` } });
  assertEquals(picturesIn([image(1), local({ seq: 2 }), image(3)]).map(({ messageId }) => messageId), [
    "m1",
    "m3",
  ]);
});

Deno.test("shownSize() keeps small pictures as they are, and lets none be huge or too thin to be seen", () => {
  assertEquals(shownSize({ width: 200, height: 100 }), { width: 200, height: 100 });
  assertEquals(shownSize({ width: 4000, height: 2000 }), { width: 336, height: 168 });
  assertEquals(shownSize({ width: 10, height: 9000 }), { width: 96, height: 336 });
  assertEquals(shownSize({ width: undefined, height: undefined }), { width: 320, height: 240 });
});

const BOX = { width: 800, height: 600 };

Deno.test("zoomed() has what is under the pointer stay there", () => {
  const picture = fitted({ width: 4000, height: 3000 }, BOX);
  assertEquals(picture, BOX);
  const point = { x: 100, y: -50 };
  const view = zoomed(WHOLE, 2, point, picture, BOX);
  // Where a place of the picture, measured from its middle, is seen.
  const seen = (place: number, at: number) => place * view.scale + at;
  assertEquals([seen(100, view.x), seen(-50, view.y)], [100, -50]);
});

Deno.test("zoomed() and moved() never lose the picture", () => {
  const wide = fitted({ width: 1600, height: 300 }, BOX);
  const close = zoomed(WHOLE, 100, { x: 300, y: 20 }, wide, BOX);
  assertEquals(close.scale, 8);
  const far = moved(close, { x: 1e6, y: -1e6 }, wide, BOX);
  assertEquals([far.x, far.y], [(800 * 8 - 800) / 2, -(150 * 8 - 600) / 2]);
  assertEquals(zoomed(far, 0.0001, { x: 0, y: 0 }, wide, BOX), WHOLE);
  assertEquals(moved(WHOLE, { x: 50, y: 50 }, wide, BOX), WHOLE);
  assertEquals(fitted({ width: 40, height: 30 }, BOX), { width: 40, height: 30 });
});

Deno.test("gathered() keeps what is loudest of each stretch", () => {
  assertEquals(gathered([0.1, 0.9, 0.2, 0.3], 2), [0.9, 0.3]);
  assertEquals(gathered([0.5], 48), [0.5]);
  assertEquals(gathered(Array.from({ length: 1000 }, (_, at) => at / 1000), 48).length, 48);
});

Deno.test("spread() makes as many steps as are wanted, from few and from many", () => {
  assertEquals(spread([10, 90], 4), [10, 10, 90, 90]);
  assertEquals(spread([10, 20, 90], 2), [10, 90]);
  assertEquals(spread([], 2), [0, 0]);
});

Deno.test("fileOf() takes a waveform of 1 to 100 whole numbers from 0 to 100, and the name of a picture", () => {
  const waveform = (value: unknown) =>
    facts({ type: "file", metadata: { uploadId: "u", waveform: value } })?.waveform?.length;
  assertEquals([[0], [100, 50], Array(100).fill(7)].map(waveform), [1, 2, 100]);
  const strange = [[], Array(101).fill(7), [1.5], [-1], [101], ["1"], [null], "abc", { length: 2 }, NaN];
  assertEquals(strange.map(waveform), strange.map(() => undefined));
  const named = facts({ type: "image", metadata: { uploadId: "u", fileName: "harbour.png" } });
  assertEquals([named?.name, named?.hasName], ["harbour.png", true]);
});

Deno.test("loudness() shows what is soft, and clockOf() how long it took", () => {
  assertEquals(loudness(new Float32Array([0, 0.25, -0.04])), 0.5);
  assertEquals(loudness(new Float32Array([3])), 1);
  assertEquals([0, 7, 61, 600].map(clockOf), ["0:00", "0:07", "1:01", "10:00"]);
});

Deno.test("refusalText() says why in words, for every reason of a file", () => {
  const bytes = new Blob(["x"]);
  const codes = [
    ...["payload_too_large", "unsupported_media_type", "file_type_mismatch", "file_damaged", "files_full"],
    ...["picture_too_large", "file_infected", "quota_exceeded", "unreadable", "not_found"],
  ];
  const texts = codes.map((code) => refusalText({ bytes, error: new ParleyError(code) }));
  assertEquals(new Set(texts).size, codes.length);
  assert(texts.every((text) => text !== refusalText({ bytes, error: new Error("?") })));
  assertEquals(refusalText({ bytes: new Blob(), error: new ParleyError("invalid_request") }), "It is empty.");
});

Deno.test("pastedFiles() names pictures, and leaves what is a text too to the input", () => {
  const data = (types: readonly string[], ...files: readonly File[]) =>
    ({ types, files }) as unknown as DataTransfer;
  const names = (given: DataTransfer | null) => pastedFiles(given).map(({ name }) => name);
  const shot = new File(["x"], "image.png", { type: "image/png" });
  assertEquals(names(data(["Files"], shot, new File(["x"], "report.pdf"))), [
    "Pasted picture.png",
    "report.pdf",
  ]);
  assertEquals(names(data(["text/plain", "Files"], shot)), []);
  assertEquals(names(null), []);
});

Deno.test("extensionOf() says what the end of a name says", () => {
  assertEquals(["a.pdf", "a.tar.gz", "a", "a.longest", "a.<b>"].map(extensionOf), ["PDF", "GZ", "", "", ""]);
});
