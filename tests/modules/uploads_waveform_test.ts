import { assertEquals } from "@std/assert";
import type { TestUser } from "../support/rest.ts";
import { connectLive } from "../support/socket.ts";
import { picture } from "../support/pictures.ts";
import { brought, openStage, said } from "./uploads_support.ts";
import type { TestFile, UploadStage } from "./uploads_support.ts";

const VOICE = { name: "voice.wav", type: "audio/wav", bytes: "RIFF\x24\0\0\0WAVEfmt " };
const WAVEFORM = [0, 3, 50, 100, 7];

function message(
  { conversationId }: UploadStage,
  uploadId: string,
  waveform: unknown,
  more: object = {},
): object {
  const content = { type: "file", metadata: { uploadId, waveform } };
  return { conversationId, clientId: uploadId, content, ...more };
}

async function send(stage: UploadStage, as: TestUser, file: TestFile, waveform: unknown, more: object = {}) {
  const { id } = await brought(stage, as, file);
  return await stage.server.call(as, "POST /api/messages", message(stage, id, waveform, more));
}

Deno.test("a voice message keeps its waveform for every reader, through edits, until it is deleted", async () => {
  await using stage = await openStage();
  const { server, ann, ben, conversationId } = stage;
  using live = await connectLive(server.url, ben);
  const { status, body } = await send(stage, ann, VOICE, WAVEFORM);
  assertEquals([status, body.content.metadata.waveform], [201, WAVEFORM]);
  const pushed = await live.next("new_message");
  assertEquals(pushed.data.content.metadata, body.content.metadata);
  await server.ok(ann, `PUT /api/messages/${body.id}`, { content: "hear this" });
  const seen = await server.ok(ben, `GET /api/messages/${body.id}`);
  assertEquals([seen.content.text, seen.content.metadata], ["hear this", body.content.metadata]);
  await server.ok(ann, `DELETE /api/messages/${body.id}`);
  const { messages } = await server.ok(ben, `GET /api/messages/conversation/${conversationId}?after=0`);
  assertEquals([messages[0].isDeleted, messages[0].content.metadata], [true, undefined]);
});

Deno.test("a waveform is one to a hundred whole numbers from 0 to 100", async () => {
  await using stage = await openStage();
  const { ann } = stage;
  for (const right of [[0], [100], Array.from({ length: 100 }, (_, n) => n)]) {
    const { status, body } = await send(stage, ann, VOICE, right);
    assertEquals([status, body.content.metadata.waveform], [201, right]);
  }
  const wrong = [[], Array(101).fill(1), [-1], [101], [1.5], ["1"], [null], "loud", {}, null, [[1]]];
  for (const waveform of wrong) {
    const answer = await send(stage, ann, VOICE, waveform);
    assertEquals(said(answer), "400 invalid_request", JSON.stringify(waveform));
    const [{ field }] = answer.body.errors;
    assertEquals(field.startsWith("content.metadata.waveform"), true, field);
  }
});

Deno.test("a waveform goes with sound alone, and a refused one leaves the file free", async () => {
  await using stage = await openStage();
  const { server, ann } = stage;
  const notes = { name: "notes.txt", type: "text/plain", bytes: "some notes" };
  const film = { name: "film.mp4", type: "video/mp4", bytes: "\0\0\0\x18ftypmp42\0\0\0\0mp42isom" };
  const shot = { name: "shot.png", type: "image/png", bytes: picture(3, 2) };
  for (const file of [notes, film, shot]) {
    for (const type of ["file", "image", "text", "emoji"]) {
      const { id } = await brought(stage, ann, file);
      const content = { type, text: "👍", metadata: { uploadId: id, waveform: WAVEFORM } };
      const answer = await server.call(ann, "POST /api/messages", message(stage, id, undefined, { content }));
      assertEquals(said(answer), "400 invalid_request", `${file.name} as ${type}`);
      assertEquals((await server.ok(ann, `GET /api/uploads/${id}`)).expiresAt === null, false);
    }
  }
  const { body } = await send(stage, ann, notes, undefined);
  assertEquals(body.content.metadata.fileName, "notes.txt");
});

Deno.test("a retry brings the same waveform, or is another request", async () => {
  await using stage = await openStage();
  const { server, ann } = stage;
  const { id } = await brought(stage, ann, VOICE);
  const post = (waveform: unknown) => server.call(ann, "POST /api/messages", message(stage, id, waveform));
  assertEquals((await post(WAVEFORM)).status, 201);
  const again = await post(WAVEFORM);
  assertEquals([again.status, again.body.content.metadata.waveform], [200, WAVEFORM]);
  for (const other of [undefined, [0, 3, 50, 100], [...WAVEFORM, 1], [3, 0, 50, 100, 7]]) {
    assertEquals(said(await post(other)), "409 idempotency_conflict");
  }
});

Deno.test("a message that is a picture tells its name", async () => {
  await using stage = await openStage();
  const shot = { name: "a shot?.png", type: "image/png", bytes: picture(3, 2) };
  const { id } = await brought(stage, stage.ann, shot);
  const content = { type: "image", metadata: { uploadId: id } };
  const { content: shown } = await stage.server.ok(
    stage.ann,
    "POST /api/messages",
    message(stage, id, undefined, { content }),
  );
  assertEquals(shown.metadata.fileName, "a shot_.png");
});
