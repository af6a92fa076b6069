import { assert, assertEquals, assertMatch } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { TestClock } from "../support/http.ts";
import { s3Url } from "../support/s3/server.ts";
import { brought, bytesAt, openStage, said } from "./uploads_support.ts";

const DIGITS = { name: "digits.txt", type: "text/plain", bytes: "0123456789" };

Deno.test("parts of a file are given as RFC 9110 has it", async () => {
  await using stage = await openStage();
  const { url } = await brought(stage, stage.ann, DIGITS);
  const get = (range: string, more = {}) => bytesAt(stage, stage.ben, url, { headers: { range, ...more } });
  for (
    const [range, status, text, told] of [
      ["bytes=0-0", 206, "0", "bytes 0-0/10"],
      ["bytes=3-5", 206, "345", "bytes 3-5/10"],
      ["bytes=7-", 206, "789", "bytes 7-9/10"],
      ["bytes=-2", 206, "89", "bytes 8-9/10"],
      ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
      ["bytes=0-3,2-5", 206, "012345", "bytes 0-5/10"],
      ["lines=0-3", 200, "0123456789", null],
      ["bytes=x", 200, "0123456789", null],
      [`bytes=${Array.from({ length: 5 }, (_, n) => `${n * 2}-${n * 2}`).join(",")}`, 206, undefined, null],
    ] as const
  ) {
    const answer = await get(range);
    assertEquals([answer.status, answer.headers.get("content-range")], [status, told], range);
    if (text !== undefined) assertEquals(answer.text, text, range);
  }
  const beyond = await get("bytes=10-");
  assertEquals([beyond.status, beyond.headers.get("content-range")], [416, "bytes */10"]);
  assertEquals(JSON.parse(beyond.text).code, "range_not_satisfiable");
  const several = await get("bytes=0-1,8-9");
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(several.headers.get("content-type") ?? "")
    ?.[1];
  const part = (range: string, text: string) =>
    `\r\n--${boundary}\r\ncontent-type: text/plain\r\ncontent-range: bytes ${range}/10\r\n\r\n${text}`;
  assertEquals(several.text, `${part("0-1", "01")}${part("8-9", "89")}\r\n--${boundary}--\r\n`);
  const { headers } = await get("bytes=0-1");
  const etag = headers.get("etag") ?? "";
  assertEquals((await get("bytes=0-1", { "if-range": etag })).status, 206);
  assertEquals((await get("bytes=0-1", { "if-range": '"other"' })).status, 200);
  assertEquals((await get("bytes=0-1", { "if-range": headers.get("last-modified") })).status, 206);
});

Deno.test("who has a file already is told so, and HEAD tells everything but the bytes", async () => {
  await using stage = await openStage();
  const { url } = await brought(stage, stage.ann, DIGITS);
  const { headers } = await bytesAt(stage, stage.ann, url, { method: "HEAD" });
  assertEquals([headers.get("content-length"), headers.get("accept-ranges")], ["10", "bytes"]);
  const etag = headers.get("etag") ?? "";
  for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const known = await bytesAt(stage, stage.ann, url, { headers: { "if-none-match": tags } });
    assertEquals([known.status, known.text, known.headers.get("etag")], [304, "", etag]);
  }
  assertEquals((await bytesAt(stage, stage.ann, url, { headers: { "if-none-match": '"x"' } })).status, 200);
});

Deno.test("nothing of a file runs in the service's name", async () => {
  await using stage = await openStage({
    env: { ALLOWED_FILE_TYPES: "text/plain,image/svg+xml,text/html,application/pdf,image/gif" },
  });
  const gif = "GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;";
  for (
    const [name, type, bytes, disposition] of [
      [
        "a.svg",
        "image/svg+xml",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "attachment",
      ],
      ["a.html", "text/html", "<!doctype html><script>1</script>", "attachment"],
      ["a.pdf", "application/pdf", "%PDF-1.7 ...", "attachment"],
      ["a.gif", "image/gif", Uint8Array.from(gif, (c) => c.charCodeAt(0)), "inline"],
    ] as const
  ) {
    const { url } = await brought(stage, stage.ann, { name, type, bytes });
    const { headers } = await bytesAt(stage, stage.ann, url);
    assertEquals(headers.get("content-security-policy"), "sandbox; default-src 'none'");
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertMatch(headers.get("content-disposition") ?? "", new RegExp(`^${disposition};`));
  }
});

Deno.test("downloads are counted once each, however many come at once and in how many parts", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const { id, url } = await brought(stage, ann, DIGITS);
  const part = (range: string) => bytesAt(stage, ben, url, { headers: { range } });
  await Promise.all(Array.from({ length: 20 }, () => bytesAt(stage, ben, url)));
  await Promise.all(["bytes=0-3", "bytes=4-6", "bytes=7-9"].map(part));
  await bytesAt(stage, ben, url, { method: "HEAD" });
  assertEquals((await server.ok(ann, `GET /api/uploads/${id}`)).downloadCount, 21);
});

Deno.test("a link ends by itself, is for one file and one reader, and says nothing that can be changed", async () => {
  const clock = new TestClock();
  await using stage = await openStage({ clock, env: { JWT_EXPIRES_IN: "1d" } });
  const { server, ann, ben, eve, conversationId } = stage;
  const [one, other] = [await brought(stage, ann, DIGITS), await brought(stage, ann, DIGITS)];
  const { links } = await server.ok(ben, "POST /api/uploads/links", { uploadIds: [one.id, other.id, "no"] });
  assertEquals(links.map(({ uploadId }: { uploadId: string }) => uploadId), [one.id, other.id]);
  const [{ content }] = links;
  assertEquals((await bytesAt(stage, undefined, content)).text, DIGITS.bytes);
  const changed = [
    content.replace(one.id, other.id),
    content.replace(ben.id, eve.id),
    content.replace(/user=\w+&/, ""),
    content.replace(/expires=\d+/, "expires=9999999999999"),
    content.replace(/signature=.*/, "signature=AAAA"),
    one.url,
  ];
  for (const path of changed) assertEquals((await bytesAt(stage, undefined, path)).status, 401, path);
  clock.move(20 * 60_000 + 1);
  assertEquals((await bytesAt(stage, undefined, content)).status, 401);
  assertEquals((await server.ok(eve, "POST /api/uploads/links", { uploadIds: [one.id] })).links, []);
  const open = await brought(stage, ann, DIGITS, "&isPublic=true");
  assert(!open.links.content.includes("user="));
  assertEquals((await bytesAt(stage, undefined, open.links.content)).status, 200);
  assertEquals((await bytesAt(stage, eve, open.url)).status, 404);
  await server.ok(ann, `DELETE /api/conversations/${conversationId}`);
  assertEquals((await bytesAt(stage, undefined, open.links.content)).status, 404);
});

Deno.test("who has left brings nothing more to a signed address", async () => {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  await using stage = await openStage({ blobs: new FolderBlobs(dir) });
  const { server, ben, conversationId } = stage;
  const body = { fileName: "a.txt", mimeType: "text/plain", fileSize: 5, conversationId };
  const { upload, url, headers } = await server.ok(ben, "POST /api/uploads/presign", body);
  await server.ok(ben, `POST /api/conversations/${conversationId}/leave`);
  assertEquals((await bytesAt(stage, undefined, url, { method: "PUT", headers, body: "bytes" })).status, 404);
  assertEquals(said(await server.call(ben, `POST /api/uploads/${upload.id}/complete`)), "404 not_found");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("an announced file is brought to a signed address, completed by all who ask, and is one file", async () => {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  await using stage = await openStage({ blobs: new FolderBlobs(dir) });
  const { server, ann, ben, conversationId } = stage;
  const body = { fileName: "a.txt", mimeType: "text/plain", fileSize: 5, conversationId };
  const { upload, method, url, headers } = await server.ok(ann, "POST /api/uploads/presign", body);
  const complete = () => server.call(ann, `POST /api/uploads/${upload.id}/complete`);
  assertEquals(said(await complete()), "409 upload_incomplete");
  assertEquals(said(await server.call(ben, `GET /api/uploads/${upload.id}`)), "404 not_found");
  const put = (bytes: string, path = url) =>
    bytesAt(stage, undefined, path, { method, headers, body: bytes }).then(({ status }) => status);
  assertEquals(await put("too long"), 413);
  assertEquals(await put("bytes", url.replace("signature=", "signature=x")), 401);
  assertEquals(await put("four"), 204);
  assertEquals(said(await complete()), "409 upload_incomplete");
  assertEquals(await put("bytes"), 204);
  const answers = await Promise.all([complete(), complete(), complete()]);
  assertEquals(answers.map(({ status, body }) => [status, body.status]), Array(3).fill([200, "ready"]));
  assertEquals((await complete()).body.checksum, answers[0]?.body.checksum);
  assertEquals(await put("other"), 404);
  assertEquals((await bytesAt(stage, ben, upload.url)).text, "bytes");
  await Deno.remove(dir, { recursive: true });
});

Deno.test({
  name:
    "s3: an announced file is brought to the bucket, and its content is fetched there where that is wanted",
  ignore: !s3Url,
  async fn() {
    await using stage = await openStage({
      env: {
        UPLOAD_DELIVERY: "redirect",
        ...{ S3_BUCKET: "parley", S3_ACCESS_KEY_ID: "parley", S3_SECRET_ACCESS_KEY: "parley" },
      },
    });
    const { server, ann, ben, conversationId } = stage;
    const body = { fileName: "a.txt", mimeType: "text/plain", fileSize: 5, conversationId };
    const { upload, method, url, headers } = await server.ok(ann, "POST /api/uploads/presign", body);
    await (await fetch(url, { method, headers, body: "bytes" })).body?.cancel();
    await server.ok(ann, `POST /api/uploads/${upload.id}/complete`);
    const sent = await bytesAt(stage, ben, upload.url);
    assertEquals(sent.status, 302);
    const fetched = await fetch(sent.headers.get("location") ?? "");
    assertEquals(fetched.headers.get("content-disposition"), "attachment; filename=a.txt");
    assertEquals(await fetched.text(), "bytes");
  },
});
