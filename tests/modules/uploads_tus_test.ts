import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { Upload } from "tus-js-client";
import { bytesOf, numbered } from "../support/bytes.ts";
import type { TestUser } from "../support/rest.ts";
import { bytesAt, openStage } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

const TUS = { "tus-resumable": "1.0.0" };
const PDF = Buffer.from("%PDF-1.7\n");

/** A file that is taken for a PDF. */
async function pdf(length: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat([PDF, await bytesOf(numbered(0, length - PDF.length))]));
}

const encoded = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`).join(",");

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly code: string | undefined;
}

async function call(
  { server }: UploadStage,
  as: TestUser,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: BodyInit,
): Promise<Told> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${as.token}`, ...TUS, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    code: text ? JSON.parse(text).code : undefined,
  };
}

/** Announces a file and answers where its parts go. */
async function create(stage: UploadStage, length: number, values: Readonly<Record<string, string>> = {}) {
  const metadata = encoded({ filename: "a.pdf", filetype: "application/pdf", ...values });
  const path = `/api/uploads/tus?conversationId=${stage.conversationId}`;
  const headers = { "upload-length": String(length), "upload-metadata": metadata };
  const { status, headers: told } = await call(stage, stage.ann, "POST", path, headers);
  assertEquals(status, 201);
  assert(Date.parse(told.get("upload-expires") ?? "") > Date.now());
  return told.get("location") ?? "";
}

function patch(stage: UploadStage, path: string, offset: number, body: BodyInit, more = {}) {
  const headers = {
    "content-type": "application/offset+octet-stream",
    "upload-offset": String(offset),
    ...more,
  };
  return call(stage, stage.ann, "PATCH", path, headers, body);
}

async function offsetOf(stage: UploadStage, path: string): Promise<number> {
  const { headers } = await call(stage, stage.ann, "HEAD", path);
  return Number(headers.get("upload-offset"));
}

Deno.test("the official tus client brings a file, and goes on where it was stopped", async () => {
  await using stage = await openStage();
  const { server, ann, ben, conversationId } = stage;
  const file = await pdf(3_000_000);
  const options = {
    endpoint: `${server.url}/api/uploads/tus`,
    chunkSize: 500_000,
    retryDelays: null,
    headers: { authorization: `Bearer ${ann.token}` },
    metadata: { filename: "plan.pdf", filetype: "application/pdf", conversationId },
  };
  const stopped = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(Buffer.from(file), {
      ...options,
      onError: reject,
      onChunkComplete: (_size, accepted) => {
        if (accepted >= 1_000_000) void upload.abort().then(() => resolve(upload.url ?? ""));
      },
    });
    upload.start();
  });
  const offset = await offsetOf(stage, new URL(stopped).pathname);
  assert(offset >= 1_000_000 && offset < file.length, `${offset} bytes were there`);
  await new Promise<void>((resolve, reject) => {
    new Upload(Buffer.from(file), {
      ...options,
      uploadUrl: stopped,
      onError: reject,
      onSuccess: () => resolve(),
    }).start();
  });
  const id = stopped.split("/").at(-1);
  const record = await server.ok(ann, `POST /api/uploads/${id}/complete`);
  assertEquals([record.status, record.fileName, record.fileSize], ["ready", "plan.pdf", file.length]);
  assertEquals(record.checksum, createHash("sha256").update(file).digest("hex"));
  assertEquals((await bytesAt(stage, ben, record.url)).bytes, file);
});

Deno.test("what came before the line went down is kept, and a new request takes over from a stalled one", async () => {
  await using stage = await openStage({ env: { MAX_FILE_SIZE: "20MB" } });
  const file = await pdf(12_000_000);
  const path = await create(stage, file.length);
  const { promise: lineIsUp, resolve: hangUp } = Promise.withResolvers<void>();
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent) await lineIsUp;
      if (sent) return controller.close();
      sent = true;
      controller.enqueue(file.subarray(0, 6_000_000));
    },
  });
  const first = patch(stage, path, 0, body).catch(() => undefined);
  try {
    const deadline = performance.now() + 20_000;
    while (await offsetOf(stage, path) === 0) assert(performance.now() < deadline, "nothing came");
    assertEquals((await patch(stage, path, 11_000_000, "x")).code, "offset_conflict");
    const offset = await offsetOf(stage, path);
    assert(offset > 0 && offset <= 6_000_000, `${offset} bytes were kept`);
    const { status, headers } = await patch(stage, path, offset, file.subarray(offset));
    assertEquals([status, headers.get("upload-offset")], [204, String(file.length)]);
  } finally {
    hangUp();
    await first;
  }
});

Deno.test("bytes that do not match their checksum are not kept", async () => {
  await using stage = await openStage();
  const file = await pdf(1_000);
  const path = await create(stage, file.length);
  const sums = (algorithm: string, of: Uint8Array) =>
    `${algorithm} ${createHash(algorithm).update(of).digest("base64")}`;
  const head = file.subarray(0, 600);
  const good = await patch(stage, path, 0, head, { "upload-checksum": sums("sha1", head) });
  assertEquals([good.status, await offsetOf(stage, path)], [204, 600]);
  const tail = file.subarray(600);
  const bad = await patch(stage, path, 600, tail, { "upload-checksum": sums("sha256", head) });
  assertEquals([bad.status, bad.code, await offsetOf(stage, path)], [460, "checksum_mismatch", 600]);
  const odd = await patch(stage, path, 600, tail, { "upload-checksum": "crc32 AAAA" });
  assertEquals([odd.status, odd.code], [400, "invalid_request"]);
  const right = await patch(stage, path, 600, tail, { "upload-checksum": sums("md5", tail) });
  assertEquals(right.status, 204);
});

Deno.test("tus requests that are none are refused, and change nothing", async () => {
  await using stage = await openStage({ env: { MAX_FILE_SIZE: "1MB" } });
  const { ann, ben, conversationId } = stage;
  const path = await create(stage, 100);
  const post = (headers: Record<string, string>, query = `?conversationId=${conversationId}`) =>
    call(stage, ann, "POST", `/api/uploads/tus${query}`, headers);
  const metadata = encoded({ filename: "a.pdf", filetype: "application/pdf" });
  const told = [
    await post({ "upload-length": "1048577", "upload-metadata": metadata }),
    await post({ "upload-length": "0", "upload-metadata": metadata }),
    await post({ "upload-metadata": metadata }),
    await post({ "upload-length": "5", "upload-metadata": metadata }, ""),
    await post({ "upload-length": "5", "upload-metadata": "filename !!" }),
    await post({ "upload-length": "5", "upload-metadata": encoded({ filetype: "text/html" }) }),
    await post({ "upload-length": "5", "tus-resumable": "0.2.2" }),
    await patch(stage, path, 7, "x"),
    await patch(stage, path, 0, "x".repeat(101)),
    await patch(stage, path, 0, "x", { "tus-resumable": "2.0.0" }),
    await patch(stage, path, 0, "x", { "content-type": "text/plain" }),
    await call(stage, ben, "HEAD", path),
    await call(stage, ben, "DELETE", path),
  ].map(({ status, code }) => `${status} ${code}`);
  assertEquals(told, [
    "413 payload_too_large",
    "400 invalid_request",
    "400 invalid_request",
    "400 invalid_request",
    "400 invalid_request",
    "415 unsupported_media_type",
    "412 unsupported_tus_version",
    "409 offset_conflict",
    "413 payload_too_large",
    "412 unsupported_tus_version",
    "415 unsupported_media_type",
    "404 undefined",
    "404 not_found",
  ]);
});

Deno.test("tus numbers are decimal digits and nothing else", async () => {
  await using stage = await openStage();
  const path = await create(stage, 100);
  const metadata = encoded({ filename: "a.pdf", filetype: "application/pdf" });
  const where = `/api/uploads/tus?conversationId=${stage.conversationId}`;
  for (const odd of ["1e2", "+5", "0x10", "5.0", "-5", "5,5", "9007199254740992", ""]) {
    const headers = { "upload-length": odd, "upload-metadata": metadata };
    const made = await call(stage, stage.ann, "POST", where, headers);
    assertEquals([made.status, made.code], [400, "invalid_request"], `a length of ${odd}`);
    const patched = await patch(stage, path, 0, "x", { "upload-offset": odd });
    assertEquals([patched.status, patched.code], [400, "invalid_request"], `an offset of ${odd}`);
  }
  assertEquals((await patch(stage, path, 0, "%PDF-", { "upload-offset": "00" })).status, 204);
});

Deno.test("an upload that is given up is gone; what the server can do, it tells", async () => {
  await using stage = await openStage();
  const path = await create(stage, 100);
  await patch(stage, path, 0, "%PDF-");
  assertEquals((await call(stage, stage.ann, "DELETE", path)).status, 204);
  assertEquals((await call(stage, stage.ann, "HEAD", path)).status, 404);
  const { status, headers } = await call(stage, stage.ann, "OPTIONS", "/api/uploads/tus");
  assertEquals([status, headers.get("tus-version")], [204, "1.0.0"]);
  assertEquals(headers.get("tus-extension"), "creation,expiration,checksum,termination");
});

Deno.test("an upload that becomes complete while it is given up stays", async () => {
  const [scanned, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
  const scan = () => (scanned.resolve(), goOn.promise);
  await using stage = await openStage({ scanner: { scan } });
  const path = await create(stage, 100);
  const patched = patch(stage, path, 0, await pdf(100));
  await scanned.promise;
  const given = call(stage, stage.ann, "DELETE", path);
  // Time for the request to find the upload pending; one that comes later is refused all the same.
  await new Promise((resolve) => setTimeout(resolve, 200));
  goOn.resolve(undefined);
  assertEquals((await patched).status, 204);
  assertEquals((await given).code, "upload_in_use");
  const { body } = await stage.server.call(stage.ann, `GET ${path.replace("/tus", "")}`);
  assertEquals(body.status, "ready");
});
