import { assertEquals } from "@std/assert";
import type { TestUser } from "../support/rest.ts";
import { connectLive } from "../support/socket.ts";
import { brought, bytesAt, openStage, said } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";
import { picture } from "../support/pictures.ts";

const NOTES = { name: "notes.txt", type: "text/plain", bytes: "some notes" };

/** Sends a file as a message. */
function send(
  { server, conversationId }: UploadStage,
  as: TestUser,
  type: string,
  uploadId: string,
  more = {},
) {
  const content = { type, metadata: { uploadId } };
  return server.call(as, "POST /api/messages", {
    conversationId,
    clientId: crypto.randomUUID(),
    content,
    ...more,
  });
}

Deno.test("a message that is a file or a picture tells what the server knows of it", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const notes = await brought(stage, ann, NOTES);
  const { body: file } = await send(stage, ann, "file", notes.id);
  assertEquals(file.content.metadata, {
    uploadId: notes.id,
    fileName: "notes.txt",
    fileUrl: `/api/uploads/${notes.id}/content`,
    fileSize: 10,
    fileType: "text/plain",
  });
  const shot = await brought(stage, ann, { name: "shot.png", type: "image/png", bytes: picture(3, 2) });
  const { body: image } = await send(stage, ann, "image", shot.id);
  const { imageUrl, imageSize, imageDimensions } = image.content.metadata;
  assertEquals([imageUrl, imageSize, imageDimensions], [shot.url, shot.fileSize, { width: 3, height: 2 }]);
  const seen = await server.ok(ben, `GET /api/uploads/${shot.id}`);
  assertEquals([seen.messageId, seen.expiresAt], [image.id, null]);
  assertEquals((await server.ok(ann, "GET /api/users/me")).stats.filesShared, 2);
  assertEquals((await server.ok(ben, "GET /api/users/me")).stats.filesShared, 0);
});

Deno.test("a message can be an upload of its sender in its conversation, complete, of its type, and once", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const notes = await brought(stage, ann, NOTES);
  const elsewhere = await server.group(ann, [ben]);
  const announced = await server.ok(ann, "POST /api/uploads/presign", {
    fileName: "a.txt",
    mimeType: "text/plain",
    fileSize: 3,
    conversationId: stage.conversationId,
  });
  const answers = [
    await send(stage, ben, "file", notes.id),
    await send(stage, ann, "file", notes.id, { conversationId: elsewhere }),
    await send(stage, ann, "image", notes.id),
    await send(stage, ann, "file", announced.upload.id),
    await send(stage, ann, "file", "nothing"),
  ];
  for (const answer of answers) {
    assertEquals(said(answer), "400 invalid_request", JSON.stringify(answer.body));
  }
  const clientId = "the first";
  assertEquals((await send(stage, ann, "file", notes.id, { clientId })).status, 201);
  assertEquals((await send(stage, ann, "file", notes.id, { clientId })).status, 200);
  assertEquals(said(await send(stage, ann, "file", notes.id)), "400 invalid_request");
  assertEquals(said(await server.call(ann, `DELETE /api/uploads/${notes.id}`)), "409 upload_in_use");
});

Deno.test("of two messages that want one upload at once, one is it", async () => {
  await using stage = await openStage();
  const notes = await brought(stage, stage.ann, NOTES);
  const answers = await Promise.all([1, 2, 3, 4].map(() => send(stage, stage.ann, "file", notes.id)));
  assertEquals(answers.map(({ status }) => status).sort(), [201, 400, 400, 400]);
});

Deno.test("deleting a message takes its file away at once, but not another one of the same bytes", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const [one, other] = [await brought(stage, ann, NOTES), await brought(stage, ann, NOTES)];
  const { body: message } = await send(stage, ann, "file", one.id);
  const { links } = await server.ok(ben, `GET /api/uploads/${one.id}`);
  assertEquals((await bytesAt(stage, undefined, links.content)).status, 200);
  await server.ok(ann, `DELETE /api/messages/${message.id}`);
  for (const path of ["", "/content"]) {
    assertEquals((await bytesAt(stage, ben, `/api/uploads/${one.id}${path}`)).status, 404);
  }
  assertEquals((await bytesAt(stage, undefined, links.content)).status, 404);
  assertEquals((await bytesAt(stage, ben, other.url)).text, "some notes");
});

Deno.test("how far a file has come is told to the others who have the conversation open, five times a second at most", async () => {
  await using stage = await openStage();
  const { server, ann, ben, eve, conversationId } = stage;
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  using e = await connectLive(server.url, eve);
  await a.do("join_conversation", { conversationId });
  await b.do("join_conversation", { conversationId });
  const began = performance.now();
  for (let progress = 0; progress <= 100; progress++) {
    a.tell("file_upload_progress", { conversationId, uploadId: "u1", progress });
  }
  const told: number[] = [];
  while (told.at(-1) !== 100) {
    const { data } = await b.next("file_upload_progress");
    assertEquals([data.userId, data.uploadId], [ann.id, "u1"]);
    told.push(data.progress);
  }
  const seconds = (performance.now() - began) / 1000;
  assertEquals(told[0], 0);
  assertEquals(told.length <= 5 * seconds + 2, true, `${told} in ${seconds} s`);
  await a.caughtUp();
  assertEquals(a.unseen.includes("file_upload_progress"), false);
  assertEquals(
    await e.code("file_upload_progress", { conversationId, uploadId: "u", progress: 1 }),
    "not_found",
  );
});
