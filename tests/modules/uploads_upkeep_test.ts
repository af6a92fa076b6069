import { assertEquals } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { removals, uploads } from "../../src/modules/uploads/records.ts";
import type { Upload } from "../../src/modules/uploads/records.ts";
import { BlobsFull, BlobsUnavailable } from "../../src/ports/blobs.ts";
import { ScannerUnavailable } from "../../src/ports/scanner.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { partsOf } from "../support/bytes.ts";
import { bring, brought, bytesAt, openStage, said } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

const NOTES = { name: "notes.txt", type: "text/plain", bytes: "some notes" };
const HOUR = 3_600_000;

/** A clock that can be sent ahead, whose minutes come round every 20 ms. */
class HurriedClock implements Clock {
  #ahead = 0;
  readonly now = (): number => Date.now() + this.#ahead;
  readonly after = systemClock.after;
  readonly every: Clock["every"] = (ms, task) => systemClock.every(ms / 3_000, task);

  move(ms: number): void {
    this.#ahead += ms;
  }
}

/** A stage whose time and files are the test's. */
async function withTime(run: (stage: UploadStage, clock: HurriedClock, blobs: FolderBlobs) => Promise<void>) {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  const blobs = new FolderBlobs(dir);
  const clock = new HurriedClock();
  try {
    const env = { JWT_EXPIRES_IN: "30d", MAX_LOOP_DELAY_MS: "0" };
    const stage = await openStage({ clock, blobs, env });
    try {
      await run(stage, clock, blobs);
    } finally {
      await stage.server.dispose();
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Lets rounds of upkeep pass until something is so. */
async function until(clock: HurriedClock, holds: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if (await holds()) return;
    clock.move(60_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it never came to be so");
}

const recordOf = ({ server }: UploadStage, id: string): Promise<Upload | undefined> =>
  server.store.get(uploads, id);

Deno.test("a file that no message is goes after its time, and its bytes with the last record of them", async () => {
  await withTime(async (stage, clock, blobs) => {
    const { ann, server, conversationId } = stage;
    const lone = await brought(stage, ann, NOTES);
    clock.move(20 * HOUR);
    const sent = await brought(stage, ann, NOTES);
    const content = { type: "file", metadata: { uploadId: sent.id } };
    await server.ok(ann, "POST /api/messages", { conversationId, clientId: "1", content });
    clock.move(5 * HOUR);
    assertEquals(said(await server.call(ann, `GET /api/uploads/${lone.id}`)), "404 not_found");
    await until(clock, async () => await recordOf(stage, lone.id) === undefined);
    assertEquals((await bytesAt(stage, ann, sent.url)).text, "some notes");
    clock.move(100 * HOUR);
    assertEquals((await bytesAt(stage, ann, sent.url)).text, "some notes");
    const { messages } = await server.ok(ann, `GET /api/messages/conversation/${conversationId}`);
    await server.ok(ann, `DELETE /api/messages/${messages[0].id}`);
    await until(clock, async () => await blobs.size(sent.checksum) === undefined);
  });
});

Deno.test("the end of a conversation takes its files away", async () => {
  await withTime(async (stage, clock, blobs) => {
    const { ann, server, conversationId } = stage;
    const { id, checksum } = await brought(stage, ann, NOTES);
    await server.ok(ann, `DELETE /api/conversations/${conversationId}`);
    await until(clock, async () => await recordOf(stage, id) === undefined);
    assertEquals(await blobs.size(checksum), undefined);
  });
});

Deno.test("retention takes files away with their messages", async () => {
  await withTime(async (stage, clock, blobs) => {
    const { ann, server } = stage;
    const conversationId = await server.group(ann, [], { settings: { messageRetention: 2 } });
    const { id, checksum } = await brought({ ...stage, conversationId }, ann, NOTES);
    const content = { type: "file", metadata: { uploadId: id } };
    await server.ok(ann, "POST /api/messages", { conversationId, clientId: "1", content });
    clock.move(49 * HOUR);
    await until(clock, async () => await recordOf(stage, id) === undefined);
    assertEquals(await blobs.size(checksum), undefined);
  });
});

Deno.test("what crashes leave half done, a sweep finishes", async () => {
  await withTime(async (stage, clock, blobs) => {
    const { ann, server, conversationId } = stage;
    const { store } = server;
    const files = await Promise.all(
      ["claimed", "sent", "doomed", "alive"].map((bytes) => brought(stage, ann, { ...NOTES, bytes })),
    );
    const [claimed, sent, doomed, alive] = files.map(({ id }: { id: string }) => id) as [
      string,
      string,
      string,
      string,
    ];
    const message = (id: string) =>
      server.ok(ann, "POST /api/messages", {
        conversationId,
        clientId: id,
        content: { type: "file", metadata: { uploadId: id } },
      });
    const now = new Date(clock.now()).toISOString();
    await store.patch(uploads, claimed, { set: { claim: `${ann.id}:x`, claimedAt: now, expiresAt: null } });
    const made = await message(sent);
    await store.patch(uploads, sent, { set: { messageId: null, messageSeq: 0, claimedAt: now } });
    const gone = await message(doomed);
    await server.ok(ann, `DELETE /api/messages/${gone.id}`);
    const left = await recordOf(stage, claimed);
    if (left) {
      await store.insert(uploads, {
        ...left,
        id: doomed,
        claim: `${ann.id}:${doomed}`,
        claimedAt: null,
        doomedAt: now,
      });
    }
    await message(alive);
    await store.patch(uploads, alive, { set: { doomedAt: now } });
    await blobs.append("01ARZ3NDEKTSV4RRFFQ69G5FAV", 0, partsOf("nobody's"));
    await until(clock, async () => {
      const [one, two, three, four] = await Promise.all(
        [claimed, sent, doomed, alive].map((id) => recordOf(stage, id)),
      );
      return one?.claim === null && two?.messageId === made.id && !three && four?.doomedAt === null;
    });
    await until(clock, async () => (await blobs.draft("01ARZ3NDEKTSV4RRFFQ69G5FAV")).size === 0);
  });
});

Deno.test("bytes that are being removed are waited for, and a removal that nobody finishes is taken over", async () => {
  await withTime(async (stage, clock) => {
    const { ann, server } = stage;
    const { id, checksum } = await brought(stage, ann, NOTES);
    const since = new Date(clock.now()).toISOString();
    await server.store.insert(removals, { id: checksum, since });
    const waiting = bring(stage, ann, NOTES);
    assertEquals(said(await waiting), "503 files_unavailable");
    await server.ok(ann, `DELETE /api/uploads/${id}`);
    clock.move(11 * 60_000);
    await until(clock, async () => await server.store.get(removals, checksum) === undefined);
    assertEquals(said(await bring(stage, ann, NOTES)), "201");
  });
});

Deno.test("a quota holds for all files of a user together, also for those that come at once", async () => {
  await using stage = await openStage({ env: { UPLOAD_QUOTA: "1KB", MAX_FILE_SIZE: "1KB" } });
  const { server, ann, ben, conversationId } = stage;
  const announce = (as: typeof ann, fileSize: number) =>
    server.call(as, "POST /api/uploads/presign", {
      fileName: "a",
      mimeType: "text/plain",
      fileSize,
      conversationId,
    });
  const first = await announce(ann, 500);
  assertEquals(said(await announce(ann, 525)), "413 quota_exceeded");
  const answers = await Promise.all(Array.from({ length: 8 }, () => announce(ann, 300)));
  const taken = answers.filter(({ status }) => status === 201).length;
  assertEquals(taken <= 1, true, `${taken} were taken`);
  assertEquals(said(await announce(ben, 1024)), "201");
  await server.ok(ann, `DELETE /api/uploads/${first.body.upload.id}`);
  assertEquals(said(await announce(ann, 500)), "201");
});

Deno.test("files have a budget of their own", async () => {
  await using stage = await openStage({ env: { RATE_LIMIT_UPLOADS: "2" } });
  const codes = [];
  for (let n = 0; n < 3; n++) codes.push(said(await bring(stage, stage.ann, NOTES)));
  assertEquals(codes, ["201", "201", "429 rate_limited"]);
});

Deno.test("storage or a scanner that is away, and a full disk, have their codes, and chat goes on", async () => {
  const failing = (error: Error) =>
    new Proxy(new FolderBlobs("/nowhere"), {
      get: (target, key) =>
        key === "append" || key === "read" ? () => Promise.reject(error) : Reflect.get(target, key),
    });
  for (
    const [options, outcome] of [
      [{ blobs: failing(new BlobsUnavailable("away")) }, "503 files_unavailable"],
      [{ blobs: failing(new BlobsFull("full")) }, "507 files_full"],
      [
        { scanner: { scan: () => Promise.reject(new ScannerUnavailable("away")) } },
        "503 scanner_unavailable",
      ],
    ] as const
  ) {
    const stage = await openStage(options);
    try {
      assertEquals(said(await bring(stage, stage.ann, NOTES)), outcome);
      await stage.server.send(stage.ann, stage.conversationId, "still here");
      assertEquals(await stage.server.store.count(uploads, { uploadedBy: stage.ann.id, state: "ready" }), 0);
    } finally {
      await stage.server.dispose();
    }
  }
});
