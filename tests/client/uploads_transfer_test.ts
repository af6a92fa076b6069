import { assert, assertEquals, assertRejects } from "@std/assert";
import { ParleyError } from "../../src/client/mod.ts";
import type { Client, ClientOptions, Conversation } from "../../src/client/mod.ts";
import { picture, pngChunk } from "../support/pictures.ts";
import { Proxy } from "../support/proxy.ts";
import type { TestUser } from "../support/rest.ts";
import { wave } from "../support/sounds.ts";
import { conversationOf, startStage, until, Watch } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** A text of so many bytes, in which every place tells where it is. */
function longText(bytes: number, name = "report.txt"): File {
  const line = (number: number) => `${String(number).padStart(14, "0")}\n`;
  const text = Array.from({ length: Math.ceil(bytes / 15) }, (_, number) => line(number)).join("");
  return new File([text.slice(0, bytes)], name, { type: "text/plain" });
}

/** Two who talk, one of them with a client that has the conversation open. */
async function talking(
  stage: Stage,
  options: ClientOptions = {},
): Promise<{ client: Client; conversation: Conversation; amina: TestUser; bruno: TestUser }> {
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const client = await stage.online(amina, { random: () => 0, ...options });
  const conversation = await conversationOf(client, id);
  conversation.open();
  return { client, conversation, amina, bruno };
}

/** The bytes of a file as its reader gets them. */
async function contentOf(stage: Stage, reader: TestUser, uploadId: string): Promise<string> {
  const headers = { authorization: `Bearer ${reader.token}` };
  const response = await fetch(`${stage.server.url}/api/uploads/${uploadId}/content`, { headers });
  assertEquals(response.status, 200);
  return await response.text();
}

/** Notes the parts that are sent, by where they begin and how long they are. */
class Parts {
  readonly sent: { readonly offset: number; readonly size: number }[] = [];

  readonly fetch: typeof fetch = (input, init) => {
    const offset = new Headers(init?.headers).get("upload-offset");
    if (init?.method === "PATCH" && init.body instanceof Blob) {
      this.sent.push({ offset: Number(offset), size: init.body.size });
    }
    return fetch(input, init);
  };
}

const refusalOf = (work: Promise<unknown>) => assertRejects(() => work, ParleyError);

Deno.test("a small picture is brought in one request, and becomes a message that both see alike", async () => {
  await using stage = await startStage();
  const watch = new Watch();
  const { conversation, bruno } = await talking(stage, { fetch: watch.fetch });
  const file = new File([picture(40, 30)], "الشاطئ 🏖️.png", { type: "image/png" });
  const local = await conversation.sendFile(file, { text: "Look" });
  assertEquals([local.state, local.message.content.type, local.message.content.text], [
    "sending",
    "image",
    "Look",
  ]);
  const sent = await until(() => conversation.messages.find(({ state }) => state === "sent"), "the message");
  const [stored] = await stage.server.history(bruno, conversation.id);
  assertEquals(sent.message.content, stored.content);
  const { uploadId, imageDimensions, imageUrl } = stored.content.metadata;
  assertEquals(local.message.content.metadata?.fileName, stored.content.metadata.fileName);
  assertEquals([imageDimensions, imageUrl], [{ width: 40, height: 30 }, `/api/uploads/${uploadId}/content`]);
  assertEquals(local.message.content.metadata?.imageDimensions, imageDimensions);
  assertEquals([watch.count("POST /api/uploads"), watch.count("POST /api/uploads/tus")], [1, 0]);
  const upload = await stage.server.ok(bruno, `GET /api/uploads/${uploadId}`);
  assertEquals(upload.originalName, "الشاطئ 🏖️.png");
});

Deno.test("a file that is no picture is sent as a file, in answer to a message", async () => {
  await using stage = await startStage();
  const { conversation, bruno } = await talking(stage);
  const asked = await stage.server.send(bruno, conversation.id, "The report?");
  await until(() => conversation.messages.length === 1, "the question");
  await conversation.sendFile(longText(1000), { replyTo: conversation.messages[0]?.message });
  await until(() => conversation.messages.at(-1)?.state === "sent", "the answer");
  const { content, replyTo } = (await stage.server.history(bruno, conversation.id))[1];
  assertEquals([content.type, content.metadata.fileName, content.metadata.fileSize, replyTo.id], [
    "file",
    "report.txt",
    1000,
    asked.id,
  ]);
  assertEquals(conversation.messages.at(-1)?.message.content, content);
});

Deno.test("a voice message says how loud it is along the way, and a picture what it is called", async () => {
  await using stage = await startStage();
  const { conversation, bruno } = await talking(stage);
  const waveform = [0, 40, 100];
  const sound = new File([wave(1)], "hello.wav", { type: "audio/wav" });
  await conversation.sendFile(sound, { waveform });
  await conversation.sendFile(new File([picture(40, 30)], "harbour.png", { type: "image/png" }));
  const sent = await until(() => {
    const messages = conversation.messages.filter(({ state }) => state === "sent");
    return messages.length === 2 && messages;
  }, "both messages");
  const stored = await stage.server.history(bruno, conversation.id);
  assertEquals(sent.map(({ message }) => message.content), stored.map(({ content }) => content));
  assertEquals(stored.map(({ content: { metadata } }) => [metadata.fileName, metadata.waveform]), [
    ["hello.wav", waveform],
    ["harbour.png", undefined],
  ]);
});

Deno.test("a large file comes in parts, whole, and tells how far it is", async () => {
  await using stage = await startStage();
  const parts = new Parts();
  const { conversation, bruno } = await talking(stage, { fetch: parts.fetch });
  const file = longText(3_000_000);
  const told: number[] = [];
  const upload = await conversation.upload(file, {
    name: "other.txt",
    onProgress: ({ sent, total }) => {
      assertEquals(total, file.size);
      told.push(sent);
    },
  });
  assertEquals([upload.status, upload.originalName, upload.fileSize], ["ready", "other.txt", file.size]);
  assertEquals(await contentOf(stage, bruno, upload.id), await file.text());
  assert(parts.sent.length > 1);
  assertEquals(parts.sent.reduce((sum, { size }) => sum + size, 0), file.size);
  assertEquals([told[0], told.at(-1)], [0, file.size]);
  assertEquals(told, told.toSorted((a, b) => a - b));
});

Deno.test("a file goes on where it stopped, however often the line is cut", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const parts = new Parts();
  const { conversation, bruno } = await talking(stage, { url: proxy.url, fetch: parts.fetch });
  const file = longText(4_000_000);
  let cuts = 0;
  const upload = await conversation.upload(file, {
    onProgress: ({ sent }) => {
      // While the next part is on its way, each time further on.
      if (sent > cuts * 400_000 && cuts < 8) {
        cuts++;
        setTimeout(() => proxy.cut());
      }
    },
  });
  assertEquals(await contentOf(stage, bruno, upload.id), await file.text());
  assert(cuts > 3);
  const again = parts.sent.filter(({ offset }, index) => index > 0 && offset === 0);
  assert(again.length <= 1, `it began anew ${again.length} times`);
});

Deno.test("an answer that got lost after the last byte is asked for again", async () => {
  await using stage = await startStage();
  let lost = 0;
  const fetcher: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== "PATCH" || lost > 0) return response;
    lost++;
    await response.body?.cancel();
    throw new TypeError("the line is gone");
  };
  const { conversation } = await talking(stage, { fetch: fetcher });
  const upload = await conversation.upload(longText(256 * 1024 + 1));
  assertEquals([upload.status, lost], ["ready", 1]);
});

Deno.test("an answer that got lost does no harm to a picture of which less is kept than was sent", async () => {
  await using stage = await startStage();
  let parts = 0;
  const fetcher: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== "PATCH" || ++parts !== 2) return response;
    throw new TypeError("the line is gone");
  };
  const { conversation } = await talking(stage, { fetch: fetcher });
  const said = pngChunk("tEXt", new Uint8Array(300_000).fill(65));
  const bytes = picture(40, 30, said);
  const upload = await conversation.upload(new File([bytes], "a.png", { type: "image/png" }));
  assert(upload.fileSize < bytes.length - 300_000);
  assertEquals([upload.status, parts], ["ready", 2]);
});

Deno.test("a file that cannot be read any more is said to be so", async () => {
  await using stage = await startStage();
  const { conversation } = await talking(stage, { fetch: failing });
  class Moved extends File {
    override slice(): Blob {
      return Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new Error("it was moved")) });
    }
  }
  const refusal = await refusalOf(conversation.upload(new Moved(["a"], "a.txt")));
  assertEquals([refusal.code, refusal.retryable], ["unreadable", false]);
});

const failing: typeof fetch = (input, init) =>
  String(input).includes("/api/uploads") ? Promise.reject(new TypeError()) : fetch(input, init);

Deno.test("what was begun before a reload is gone on with, from where it was", async () => {
  await using stage = await startStage();
  const file = longText(2_000_000);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const before = await stage.online(amina);
  let uploadId = "";
  const reached = Promise.withResolvers<void>();
  const gone = (await conversationOf(before, id)).upload(file, {
    onBegun: (begun) => uploadId = begun,
    onProgress: ({ sent }) => sent > 500_000 && reached.resolve(),
  });
  await reached.promise;
  const left = refusalOf(gone);
  await before.close();
  assertEquals((await left).code, "aborted");
  const parts = new Parts();
  const after = await stage.online(amina, { fetch: parts.fetch });
  const upload = await (await conversationOf(after, id)).upload(file, { uploadId });
  assertEquals(upload.id, uploadId);
  assert((parts.sent[0]?.offset ?? 0) > 500_000);
  assertEquals(await contentOf(stage, bruno, upload.id), await file.text());
});

Deno.test("what the server has given up meanwhile begins anew", async () => {
  await using stage = await startStage();
  const ids: string[] = [];
  let parts = 0;
  const fetcher: typeof fetch = async (input, init) => {
    if (init?.method === "PATCH" && ++parts === 2) {
      await stage.server.ok(amina, `DELETE /api/uploads/${ids[0]}`);
    }
    return await fetch(input, init);
  };
  const { conversation, amina } = await talking(stage, { fetch: fetcher });
  const upload = await conversation.upload(longText(2_000_000), { onBegun: (begun) => void ids.push(begun) });
  assertEquals([ids.length, upload.id, upload.status], [2, ids[1], "ready"]);
});

Deno.test("a file that is given up is forgotten by the server, too", async () => {
  await using stage = await startStage();
  const { conversation, amina } = await talking(stage);
  const wanted = new AbortController();
  let uploadId = "";
  const refusal = await refusalOf(conversation.upload(longText(3_000_000), {
    signal: wanted.signal,
    onBegun: (begun) => uploadId = begun,
    onProgress: ({ sent }) => sent > 0 && wanted.abort(),
  }));
  assertEquals([refusal.code, refusal.retryable], ["aborted", false]);
  assertEquals((await stage.server.call(amina, `GET /api/uploads/${uploadId}`)).status, 404);
  assertEquals(
    (await refusalOf(conversation.upload(longText(5), { signal: wanted.signal }))).code,
    "aborted",
  );
});

Deno.test("a file that is given up while there is no line does not come later", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const { conversation } = await talking(stage, { url: proxy.url, random: () => 1 });
  proxy.refuses = true;
  proxy.cut();
  const wanted = new AbortController();
  const refused = refusalOf(conversation.upload(longText(10), { signal: wanted.signal }));
  setTimeout(() => wanted.abort(), 50);
  assertEquals((await refused).code, "aborted");
});

const REFUSED = [
  ["payload_too_large", longText(400_000), { MAX_FILE_SIZE: "300KB" }],
  ["payload_too_large", longText(200_000), { MAX_FILE_SIZE: "100KB" }],
  ["quota_exceeded", longText(400_000), { UPLOAD_QUOTA: "300KB" }],
  ["unsupported_media_type", new File(["<svg/>"], "a.svg", { type: "image/svg+xml" }), {}],
  ["unsupported_media_type", new File(["<!doctype html><p>hi"], "a", { type: "" }), {}],
  ["file_type_mismatch", new File(["hello"], "a.png", { type: "image/png" }), {}],
  ["file_type_mismatch", new File(["%PDF-1.7\n", longText(400_000)], "a.txt", { type: "image/png" }), {}],
  ["file_damaged", new File([picture(40, 30).slice(0, 60)], "a.png", { type: "image/png" }), {}],
  ["invalid_request", new File([], "empty.txt", { type: "text/plain" }), {}],
] as const;

for (const [code, file, env] of REFUSED) {
  Deno.test(`a file is refused for what it is: ${code}, ${file.size} bytes of ${file.type || "?"}`, async () => {
    await using stage = await startStage({ env });
    const { conversation } = await talking(stage);
    const refusal = await refusalOf(conversation.sendFile(file));
    assertEquals([refusal.code, refusal.retryable], [code, false]);
    assertEquals(conversation.messages.length, 0);
  });
}

Deno.test("a token that ends on the way is renewed, and nothing is sent twice", async () => {
  await using stage = await startStage();
  const parts = new Parts();
  let refused = 0;
  const fetcher: typeof fetch = (input, init) => {
    if (init?.method !== "PATCH" || refused++ > 0) return parts.fetch(input, init);
    const problem = JSON.stringify({ code: "token_expired" });
    return Promise.resolve(new Response(problem, { status: 401 }));
  };
  const { conversation, bruno } = await talking(stage, { fetch: fetcher });
  const file = longText(1_000_000);
  const upload = await conversation.upload(file);
  assertEquals(await contentOf(stage, bruno, upload.id), await file.text());
  assertEquals(parts.sent.reduce((sum, { size }) => sum + size, 0), file.size);
});

Deno.test("a server that is busy is asked again when it says so", async () => {
  await using stage = await startStage();
  const watch = new Watch();
  const { conversation } = await talking(stage, { fetch: watch.fetch });
  watch.instead = (request, pass) => {
    if (request !== "POST /api/uploads" || watch.count(request) > 2) return pass();
    return new Response(JSON.stringify({ code: "files_unavailable" }), {
      status: 503,
      headers: { "retry-after": "0" },
    });
  };
  assertEquals((await conversation.upload(longText(10))).status, "ready");
  assertEquals(watch.count("POST /api/uploads"), 3);
});

Deno.test("the others see how far a file is, not too often, and not once it is there", async () => {
  await using stage = await startStage();
  const { conversation, amina, bruno } = await talking(stage);
  const reader = await stage.online(bruno);
  const read = await conversationOf(reader, conversation.id);
  read.open();
  const seen: { readonly at: number; readonly progress: number }[] = [];
  reader.on("uploads", () => {
    const [file] = read.arriving;
    if (file) seen.push({ at: Date.now(), progress: file.progress });
    if (file) assertEquals(file.userId, amina.id);
  });
  await until(() => reader.presenceOf(amina.id)?.isOnline, "both to have it open");
  // Bytes that come slowly: there is something to tell of.
  const slow = longText(3_000_000);
  await conversation.upload(slow, { onProgress: pauseNow });
  await until(() => seen.length > 0, "the others to hear of it");
  await until(() => read.arriving.length === 0, "the end of it");
  const progress = seen.map(({ progress }) => progress);
  assertEquals(progress, progress.toSorted((a, b) => a - b));
  assert(seen.every(({ progress }) => progress >= 0 && progress < 100));
  assertEquals(conversation.arriving, []);
});

/** Holds the whole process up for a moment. */
function pauseNow(): void {
  const end = performance.now() + 60;
  while (performance.now() < end);
}
