import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Upload } from "../../src/client/mod.ts";
import type { FileFacts } from "../../src/web/files/facts.ts";
import { aboutOf, sharedOf, sharedUpload } from "../../src/web/files/shared.ts";
import type { SharedFile } from "../../src/web/files/shared.ts";
import { SharedFiles } from "../../src/web/files/shared_files.ts";
import type { SharedPage } from "../../src/web/files/shared_files.ts";
import { adopt } from "../../src/web/state/client.ts";
import { remember } from "../../src/web/state/mod.ts";
import { local } from "./conversation_support.ts";
import { account, card, FakeClient } from "./fake_client.ts";

type Kind = FileFacts["kind"];

const file = (kind: Kind, name = ""): FileFacts => ({
  ...{ uploadId: "u", kind, name, hasName: name !== "", size: 1, width: undefined, height: undefined },
  ...{ blurhash: undefined, hasThumbnail: false, duration: undefined, waveform: undefined },
});

/** A file that was shared at some second. */
const shared = (kind: Kind, second: number): SharedFile => ({
  ...{ messageId: `${kind} ${second}`, file: file(kind), senderId: "ann", text: "" },
  at: `2026-05-04T10:00:${String(second).padStart(2, "0")}.000Z`,
});

/** A server that has files of some kinds, the newest first, in pages of two. */
class Server {
  readonly files = new Map<Kind, SharedFile[]>();
  asked = 0;
  isAway = false;

  has(kind: Kind, ...seconds: readonly number[]): this {
    this.files.set(kind, seconds.map((second) => shared(kind, second)));
    return this;
  }

  load = (kind: Kind, cursor: string | undefined): Promise<SharedPage> => {
    this.asked++;
    if (this.isAway) return Promise.reject(new Error("away"));
    const files = this.files.get(kind) ?? [];
    const from = cursor === undefined ? 0 : files.findIndex(({ messageId }) => messageId === cursor) + 1;
    const page = files.slice(from, from + 2);
    const isWhole = from + 2 >= files.length;
    return Promise.resolve({ files: page, next: isWhole ? null : page.at(-1)?.messageId ?? null });
  };
}

const ids = (list: SharedFiles) => list.files.value.map(({ messageId }) => messageId);

Deno.test("files of two kinds come in pages, the latest first, and none before one that is later", async () => {
  const server = new Server().has("picture", 9, 8, 3).has("video", 7, 2, 1);
  const list = new SharedFiles(["picture", "video"], server.load);
  assertEquals([list.state, ids(list)], ["more", []]);
  await list.more();
  assertEquals(ids(list), ["picture 9", "picture 8"]);
  await list.more();
  assertEquals(ids(list), ["picture 9", "picture 8", "video 7", "picture 3", "video 2"]);
  await list.more();
  assertEquals([list.state, ids(list).at(-1), server.asked], ["whole", "video 1", 4]);
  await list.more();
  assertEquals(server.asked, 4);
});

Deno.test("whatever there is of each kind, all of it is shown in the end, in the order of the times", async () => {
  const seconds = fc.uniqueArray(fc.nat(59), { maxLength: 12 }).map((all) => all.sort((a, b) => b - a));
  await fc.assert(
    fc.asyncProperty(seconds, seconds, async (pictures, videos) => {
      const server = new Server().has("picture", ...pictures).has("video", ...videos);
      const list = new SharedFiles(["picture", "video"], server.load);
      for (let turns = 0; list.state !== "whole" && turns < 30; turns++) await list.more();
      const times = list.files.value.map(({ at }) => at);
      assertEquals(
        times,
        [...pictures, ...videos].sort((a, b) => b - a).map((one) => shared("other", one).at),
      );
    }),
    { numRuns: 100 },
  );
});

Deno.test("what cannot be loaded says so, and is tried again when that is wanted", async () => {
  const server = new Server().has("audio", 1);
  server.isAway = true;
  const list = new SharedFiles(["audio"], server.load);
  await list.more();
  assertEquals([list.state, ids(list)], ["failed", []]);
  server.isAway = false;
  await list.more();
  assertEquals([list.state, ids(list)], ["whole", ["audio 1"]]);
});

Deno.test("new files come first, once, and only where their kind is shown; those that are gone go", async () => {
  const server = new Server().has("audio", 5, 4, 3);
  const list = new SharedFiles(["audio"], server.load);
  await list.more();
  list.add(shared("audio", 6));
  list.add(shared("audio", 6));
  list.add(shared("picture", 7));
  assertEquals(ids(list), ["audio 6", "audio 5", "audio 4"]);
  list.remove(new Set(["audio 5"]));
  assertEquals(ids(list), ["audio 6", "audio 4"]);
  await list.more();
  assertEquals(ids(list), ["audio 6", "audio 4", "audio 3"]);
});

Deno.test("another look finds what came and went, and leaves what lies further down", async () => {
  const server = new Server().has("other", 9, 8, 7, 6, 5);
  const list = new SharedFiles(["other"], server.load);
  await list.refresh();
  assertEquals(server.asked, 0, "nothing has been looked at yet");
  for (let turns = 0; turns < 3; turns++) await list.more();
  server.has("other", 10, 8, 7, 6, 5);
  await list.refresh();
  assertEquals([list.state, ids(list)], ["whole", [10, 8, 7, 6, 5].map((second) => `other ${second}`)]);
  server.has("other", 20, 19, 18, 17, 16);
  await list.refresh();
  assertEquals([list.state, ids(list)], ["more", ["other 20", "other 19"]]);
  server.has("other");
  await list.refresh();
  assertEquals([list.state, ids(list)], ["whole", []]);
});

Deno.test("a look that is wanted while something is loading comes after it", async () => {
  const server = new Server().has("other", 9, 8);
  const list = new SharedFiles(["other"], server.load);
  const loading = list.more();
  server.has("other", 9);
  await Promise.all([list.refresh(), loading]);
  assertEquals([server.asked, ids(list)], [2, ["other 9"]]);
});

Deno.test("a file tells the same of itself by its message and by its record", () => {
  const upload = {
    ...{ id: "u1", messageId: "m7", fileName: "harbour.png", fileSize: 12, uploadedBy: "ann" },
    metadata: { width: 3, height: 2, duration: null, blurhash: "LE", thumbnailUrl: "/t" },
    createdAt: "2026-05-04T10:00:00.000Z",
  } as Upload;
  const { message } = local({
    ...{ seq: 7, type: "image", text: "" },
    metadata: {
      ...{ uploadId: "u1", fileName: "harbour.png", imageSize: 12, blurhash: "LE", thumbnailUrl: "/t" },
      imageDimensions: { width: 3, height: 2 },
    },
  });
  assertEquals(sharedUpload(upload, "picture"), sharedOf(message));
  assertEquals(sharedUpload({ ...upload, messageId: null }, "picture"), undefined);
  const waveform = [0, 30, 100];
  const voice = { ...upload, metadata: { ...upload.metadata, thumbnailUrl: null }, waveform };
  assertEquals(sharedUpload(voice, "audio")?.file.waveform, waveform);
  assertEquals(sharedOf(local({ text: "no file" }).message), undefined);
});

Deno.test("aboutOf() says what was said, else the name, else whose it is", () => {
  adopt(new FakeClient({ user: account() }).client);
  remember([{ ...card("ann", "Ann"), id: "ann" }]);
  const about = (kind: Kind, name: string, text = "") =>
    aboutOf({ ...shared(kind, 1), file: file(kind, name), text });
  assertEquals(about("picture", "harbour.png", "The **light**!"), "The light!");
  assertEquals(about("picture", "harbour.png"), "harbour.png, from Ann Example");
  assertEquals(about("picture", ""), "Picture from Ann Example");
  assertEquals(about("video", ""), "Video from Ann Example");
  assertEquals(about("picture", "\u202Egnp.exe"), "gnp.exe, from Ann Example");
});
