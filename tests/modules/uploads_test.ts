import { assert, assertEquals, assertMatch } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { SILENCE_MS } from "../../src/modules/uploads/incoming.ts";
import { TestClock } from "../support/http.ts";
import { bring, bringRaw, brought, bytesAt, openStage, said } from "./uploads_support.ts";

const NOTES = { name: "notes.txt", type: "text/plain", bytes: "some notes" };

Deno.test("a file that comes as a form is kept, shown and given back as it was", async () => {
  await using stage = await openStage();
  const { ann, ben, conversationId } = stage;
  const { status, headers, body } = await bring(stage, ann, NOTES);
  assertEquals([status, headers.get("location")], [201, `/api/uploads/${body.id}`]);
  const { id, createdAt, expiresAt, links, ...rest } = body;
  assertEquals(rest, {
    status: "ready",
    originalName: "notes.txt",
    fileName: "notes.txt",
    mimeType: "text/plain",
    fileSize: 10,
    checksum: "237bac67a518e2dfc901ecbf060f59cde465d4644cf9d0783a877a321f9bbcb3",
    uploadedBy: ann.id,
    conversationId,
    messageId: null,
    metadata: { width: null, height: null, duration: null, blurhash: null, thumbnailUrl: null },
    url: `/api/uploads/${id}/content`,
    isPublic: false,
    downloadCount: 0,
  });
  assert(Date.parse(expiresAt) > Date.parse(createdAt));
  assertMatch(links.content, /^\/api\/uploads\/\w+\/content\?expires=\d+&user=\w+&signature=[\w-]+$/);
  const content = await bytesAt(stage, ben, rest.url);
  assertEquals([content.status, content.text], [200, "some notes"]);
});

Deno.test("a file that comes as the whole body has its name in a header, percent-encoded", async () => {
  await using stage = await openStage();
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-file-name": "caf%C3%A9%20%F0%9F%91%8B.txt",
  };
  const { status, body } = await bringRaw(stage, stage.ann, "body", headers);
  assertEquals([status, body.originalName, body.mimeType], [201, "café 👋.txt", "text/plain"]);
  const { headers: sent } = await bytesAt(stage, stage.ann, body.url);
  assertEquals(
    sent.get("content-disposition"),
    "attachment; filename=\"caf? ??.txt\"; filename*=UTF-8''caf%C3%A9%20%F0%9F%91%8B.txt",
  );
});

Deno.test("a request without a file is told what it lacks", async () => {
  await using stage = await openStage();
  const { ann } = stage;
  const form = (body: string, boundary = "; boundary=X") =>
    bringRaw(stage, ann, body, { "content-type": `multipart/form-data${boundary}` });
  const part = (name: string, text: string) =>
    `--X\r\nContent-Disposition: form-data; name="${name}"; filename="a.txt"\r\n\r\n${text}\r\n`;
  const answers = await Promise.all([
    bringRaw(stage, ann, "x", {}),
    bringRaw(stage, ann, "x", { "x-file-name": "%E0%A4%A" }),
    bringRaw(stage, ann, "", { "x-file-name": "a.txt" }),
    form("x", ""),
    form(""),
    form("--X--\r\n"),
    form("nothing of a form"),
    form(`${part("other", "text")}--X--\r\n`),
    form(part("file", "it ends too soon").slice(0, -2)),
    form(`${part("file", "")}--X--\r\n`),
    bring(stage, ann, { name: "a.txt", bytes: "" }),
  ]);
  for (const answer of answers) {
    assertEquals(said(answer), "400 invalid_request", JSON.stringify(answer.body));
  }
});

Deno.test("who is no member can bring nothing, and see nothing", async () => {
  await using stage = await openStage();
  const { server, ann, ben, eve, conversationId } = stage;
  assertEquals(said(await bring(stage, eve, NOTES)), "404 not_found");
  const { id, links } = await brought(stage, ann, NOTES);
  for (const path of ["", "/content", "/thumbnail"]) {
    assertEquals((await bytesAt(stage, eve, `/api/uploads/${id}${path}`)).status, 404);
  }
  assertEquals(said(await server.call(eve, `DELETE /api/uploads/${id}`)), "404 not_found");
  assertEquals(said(await server.call(ben, `DELETE /api/uploads/${id}`)), "403 forbidden");
  assertEquals(said(await server.call(eve, `POST /api/uploads/${id}/complete`)), "404 not_found");
  const { body } = await server.call(ben, `GET /api/uploads/${id}`);
  assertEquals((await bytesAt(stage, undefined, body.links.content)).text, "some notes");
  await server.ok(ann, `DELETE /api/conversations/${conversationId}/participants/${ben.id}`);
  assertEquals(said(await server.call(ben, `GET /api/uploads/${id}`)), "404 not_found");
  assertEquals((await bytesAt(stage, ben, `/api/uploads/${id}/content`)).status, 404);
  assertEquals((await bytesAt(stage, undefined, body.links.content)).status, 404);
  assertEquals((await bytesAt(stage, undefined, links.content)).status, 200);
});

Deno.test("more than MAX_FILE_SIZE is refused while it comes, whatever the headers say", async () => {
  await using stage = await openStage({ env: { MAX_FILE_SIZE: "1KB" } });
  const { ann } = stage;
  let answered = false;
  const endless = new ReadableStream({
    pull: (controller) => answered ? controller.close() : controller.enqueue(new Uint8Array(64).fill(97)),
  });
  const headers = { "content-type": "text/plain", "x-file-name": "a.txt" };
  assertEquals(said(await bringRaw(stage, ann, endless, headers)), "413 payload_too_large");
  answered = true;
  assertEquals(said(await bringRaw(stage, ann, "a".repeat(1025), headers)), "413 payload_too_large");
  assertEquals(said(await bring(stage, ann, { ...NOTES, bytes: "a".repeat(1025) })), "413 payload_too_large");
  assertEquals(said(await bring(stage, ann, { ...NOTES, bytes: "a".repeat(1024) })), "201");
});

Deno.test("DELETE takes away a file that no message is, and its bytes", async () => {
  await using stage = await openStage();
  const { server, ann } = stage;
  const [one, other] = [await brought(stage, ann, NOTES), await brought(stage, ann, NOTES)];
  assertEquals(one.checksum, other.checksum);
  await server.ok(ann, `DELETE /api/uploads/${one.id}`);
  assertEquals(said(await server.call(ann, `GET /api/uploads/${one.id}`)), "404 not_found");
  assertEquals((await bytesAt(stage, ann, other.url)).text, "some notes");
  await server.ok(ann, `DELETE /api/uploads/${other.id}`);
  assertEquals((await bytesAt(stage, ann, other.url)).status, 404);
});

Deno.test("nothing stays of a form whose line goes down", async () => {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  await using stage = await openStage({ blobs: new FolderBlobs(dir) });
  const { hostname, port, host } = new URL(stage.server.url);
  const drafts = async () => (await Array.fromAsync(new FolderBlobs(dir).drafts(Infinity))).length;
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    `POST /api/uploads?conversationId=${stage.conversationId} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${stage.ann.token}`,
    "content-type: multipart/form-data; boundary=edge",
    "content-length: 900000",
    "",
    "--edge",
    'content-disposition: form-data; name="file"; filename="a.txt"',
    "content-type: text/plain",
    "",
    "text ".repeat(10_000),
  ].join("\r\n");
  await connection.write(new TextEncoder().encode(head));
  await eventually(async () => await drafts() === 1);
  connection.close();
  await eventually(async () => await drafts() === 0);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("who sends nothing for 30 s holds nothing: neither a form, nor a body, nor a part", async () => {
  const clock = new TestClock();
  await using stage = await openStage({ clock, env: { JWT_EXPIRES_IN: "30d" } });
  const { hostname, port, host } = new URL(stage.server.url);
  const call = `POST /api/uploads?conversationId=${stage.conversationId} HTTP/1.1`;
  const form = '--edge\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nso far';
  const requests = [
    [call, "content-type: multipart/form-data; boundary=edge", form],
    [call, "content-type: application/octet-stream\r\nx-file-name: a.txt", "so far"],
  ];
  for (const [line, headers, body] of requests) {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `${line}\r\nhost: ${host}\r\nauthorization: Bearer ${stage.ann.token}\r\n${headers}`;
    await connection.write(new TextEncoder().encode(`${head}\r\ncontent-length: 1000\r\n\r\n${body}`));
    const answer = new Uint8Array(4096);
    let size: number | null | undefined;
    const read = connection.read(answer).then((count) => size = count);
    await eventually(() => {
      clock.move(SILENCE_MS);
      return Promise.resolve(size !== undefined);
    });
    await read;
    assertMatch(new TextDecoder().decode(answer.subarray(0, size ?? 0)), /^HTTP\/1.1 408[^]*request_timeout/);
  }
});

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await isSo(); tries++) {
    assert(tries < 400, "it never came to be");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
