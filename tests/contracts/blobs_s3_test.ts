import { assert, assertEquals, assertRejects } from "@std/assert";
import { BlobsUnavailable, DraftChanged } from "../../src/ports/blobs.ts";
import { bytesOf, numbered, partsOf, textOf } from "../support/bytes.ts";
import { s3Url, startS3 } from "../support/s3/server.ts";
import type { S3Server } from "../support/s3/server.ts";

/** Longer than any call may take, with room for a machine that is busy. */
const SOON_MS = 6_000;

function test(name: string, run: (server: S3Server) => Promise<void>): void {
  Deno.test({
    name: `s3: ${name}`,
    ignore: !s3Url,
    async fn() {
      await using server = await startS3();
      await run(server);
    },
  });
}

async function assertSoonUnavailable(call: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await assertRejects(call, BlobsUnavailable);
  const took = performance.now() - began;
  assert(took < SOON_MS, `it took ${took} ms to say so`);
}

test("a server that stalls, and one that is gone, are told within the time", async (server) => {
  const { blobs } = server;
  const { version } = await blobs.append("d", 0, partsOf("x"));
  await blobs.seal("d", version, "key");
  const calls = [
    () => blobs.append("e", 0, partsOf("x")),
    () => blobs.draft("d"),
    () => blobs.size("key"),
    () => blobs.read("key"),
    () => blobs.remove("key"),
    () => blobs.dropDraft("d"),
  ];
  server.stall();
  await Promise.all(calls.map(assertSoonUnavailable));
  server.go();
  assertEquals(await blobs.size("key"), undefined);
  await server.kill();
  await Promise.all(calls.map(assertSoonUnavailable));
});

test("a body that stops on its way ends in an error", async (server) => {
  const { blobs } = server;
  const { version } = await blobs.append("d", 0, numbered(0, 30_000_000));
  await blobs.seal("d", version, "key");
  const stream = await blobs.read("key");
  assert(stream);
  const reader = stream.getReader();
  await reader.read();
  server.stall();
  await assertSoonUnavailable(async () => {
    for (let part = await reader.read(); !part.done;) part = await reader.read();
  });
  server.go();
});

test("clients bring a draft themselves, of the size and type that were signed", async ({ blobs }) => {
  const { direct } = blobs;
  const put = async (draft: string, body: string, more: object = {}) => {
    const { url, headers } = await direct.put(draft, { size: 5, mimeType: "text/plain" }, 60_000);
    const response = await fetch(url, { method: "PUT", body, headers: { ...headers, ...more } });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await put("right", "bytes"), 200);
  assertEquals(await textOf((await blobs.readDraft("right")).bytes), "bytes");
  assertEquals(await put("long", "more than that"), 403);
  assertEquals(await put("short", "no"), 403);
  assertEquals(await put("other", "bytes", { "content-type": "text/html" }), 403);
  for (const draft of ["long", "short", "other"]) assertEquals((await blobs.draft(draft)).size, 0);
  const { version } = await blobs.draft("right");
  await blobs.seal("right", version, "key");
  const url = await direct.get("key", { contentType: "text/plain", disposition: "attachment" }, 60_000);
  const response = await fetch(url);
  assertEquals([response.headers.get("content-disposition"), await response.text()], ["attachment", "bytes"]);
});

test("a draft that its client brings again after it was looked at is not sealed", async ({ blobs }) => {
  const { url, headers } = await blobs.direct.put("d", { size: 5, mimeType: "text/plain" }, 60_000);
  for (const body of ["first", "other"]) {
    const looked = await blobs.draft("d");
    await (await fetch(url, { method: "PUT", body, headers })).body?.cancel();
    await assertRejects(() => blobs.seal("d", looked.version, "key"), DraftChanged);
  }
  assertEquals(await blobs.size("key"), undefined);
});

test("what clients brought in one piece of many parts' size becomes a blob", async ({ blobs }) => {
  const size = 40_000_000;
  const body = await bytesOf(numbered(0, size));
  const { url, headers } = await blobs.direct.put("d", { size, mimeType: "video/mp4" }, 60_000);
  await (await fetch(url, { method: "PUT", body, headers })).body?.cancel();
  const { version } = await blobs.draft("d");
  await blobs.seal("d", version, "key");
  const stream = await blobs.read("key");
  assert(stream);
  assertEquals(await bytesOf(stream), body);
});
