import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers/promises";
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { ByteSource, joined, Truncated } from "../../src/modules/uploads/byte_source.ts";
import { Lane } from "../../src/modules/uploads/lane.ts";
import { bytesOf, numbered } from "../support/bytes.ts";
import { bring, bringRaw, bytesAt, openStage } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

/** More than is read at a time, and no multiple of it. */
const LENGTH = 1_500_001;
const TYPE = "application/pdf";
const RAW = { "content-type": TYPE, "x-file-name": "a.pdf" };

/** Brings a file and answers its id. */
type Way = (stage: UploadStage, bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

const WAYS: Readonly<Record<string, Way>> = {
  "a form": async (stage, bytes) => {
    return (await bring(stage, stage.ann, { name: "a.pdf", type: TYPE, bytes })).body.id;
  },
  "the body of a request": async (stage, bytes) => (await bringRaw(stage, stage.ann, bytes, RAW)).body.id,
  async "what was announced"({ server, ann, conversationId }, body) {
    const file = { conversationId, fileName: "a.pdf", fileSize: body.length, mimeType: TYPE };
    const { upload, ...to } = await server.ok(ann, "POST /api/uploads/presign", file);
    const put = await fetch(new URL(to.url, server.url), { method: "PUT", headers: to.headers, body });
    await put.body?.cancel();
    return (await server.ok(ann, `POST /api/uploads/${upload.id}/complete`)).id;
  },
  async "the tus protocol"({ server, ann, conversationId }, body) {
    const headers = { authorization: `Bearer ${ann.token}`, "tus-resumable": "1.0.0" };
    const created = await fetch(`${server.url}/api/uploads/tus?conversationId=${conversationId}`, {
      method: "POST",
      headers: { ...headers, "upload-length": String(body.length), "upload-metadata": "filename YS5wZGY=" },
    });
    const path = created.headers.get("location") ?? "";
    const patched = await fetch(`${server.url}${path}`, {
      method: "PATCH",
      headers: { ...headers, "upload-offset": "0", "content-type": "application/offset+octet-stream" },
      body,
    });
    assertEquals([created.status, patched.status], [201, 204]);
    return path.slice(path.lastIndexOf("/") + 1);
  },
};

for (const [name, way] of Object.entries(WAYS)) {
  Deno.test(`a file of many parts that comes as ${name} is kept as it came`, async () => {
    await using stage = await openStage();
    const row = await bytesOf(numbered(0, LENGTH));
    row.set(new TextEncoder().encode("%PDF-1.7\n"));
    const id = await way(stage, row);
    const { bytes } = await bytesAt(stage, stage.ann, `/api/uploads/${id}/content`);
    assertEquals([bytes.length, Buffer.compare(bytes, row)], [LENGTH, 0]);
  });
}

Deno.test("parts of files that come at once are dealt with in order, and other work comes in between", async () => {
  const [lane, done] = [new Lane(), [] as string[]];
  const parts = ["a", "b", "c"].map(async (name) => {
    await lane.turn();
    done.push(name);
  });
  for (let turn = 0; turn < 9; turn++) {
    await setImmediate();
    done.push("-");
  }
  await Promise.all(parts);
  assertMatch(done.join(""), /a-+b-+c/);
});

/** What is done with a source. */
const step = fc.tuple(fc.constantFrom("peek", "take", "pass", "atHand"), fc.nat(40));

Deno.test("a source gives the bytes that came, also where each part takes the place of the one before", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(12)), fc.array(step), async (lengths, steps) => {
    const length = lengths.reduce((sum, part) => sum + part, 0);
    const source = new ByteSource(inOnePlace(lengths));
    const taken: Uint8Array[] = [];
    try {
      for (const [what, count] of steps) taken.push(...await done(source, what, count));
      for await (const part of source.rest()) taken.push(part.slice());
      assertEquals(joined(taken), counted(length));
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      assertEquals(joined(taken), counted(length).subarray(0, joined(taken).length));
    }
  }));
});

/** The bytes that a step takes: those that a source hands out for good as they are, others as a copy. */
async function done(source: ByteSource, what: string, count: number): Promise<Uint8Array[]> {
  if (what === "take") return [await source.take(count)];
  if (what === "pass") {
    const parts: Uint8Array[] = [];
    for await (const part of source.pass(count)) parts.push(part.slice());
    return parts;
  }
  const seen = what === "peek" ? await source.peek(count) : await source.atHand(count);
  source.skip(seen.length);
  return [seen];
}

/** 0, 1, 2 …, part by part; a part is gone when the next one is asked for. */
async function* inOnePlace(lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    const part = counted(length, at);
    yield await Promise.resolve(part);
    part.fill(255);
    at += length;
  }
}

function counted(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (from + index) % 251);
}
