import { assertEquals } from "@std/assert";
import { S3Blobs } from "../../src/adapters/blobs_s3.ts";
import { uploads as records } from "../../src/modules/uploads/records.ts";
import type { RestAnswer } from "../support/rest.ts";
import { answered, bring, openStage, said } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

const NOTES = { name: "notes.txt", type: "text/plain", bytes: "some notes" };
const EMPTY = "<ListBucketResult></ListBucketResult>";

/** A server that says what the test says for S3, and to all else nothing: it takes a request and never answers. */
class StalledS3 implements AsyncDisposable {
  /** What it was asked and has left without an answer. */
  readonly left: string[] = [];
  readonly #calls = new Set<string | null>();
  /** Whether it answers that there is no draft. */
  lists = false;
  readonly blobs: S3Blobs;
  readonly #stop = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const serving = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: this.#stop.signal };
    this.#server = Deno.serve(serving, (request) => this.#answer(request));
    this.blobs = new S3Blobs({
      ...{ bucket: "files", region: "us-east-1", accessKeyId: "key", secretAccessKey: "secret" },
      ...{ endpoint: `http://127.0.0.1:${this.#server.addr.port}`, publicEndpoint: undefined },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.blobs.close();
    this.#stop.abort();
    await this.#server.finished;
  }

  #answer({ method, url, headers }: Request): Response | Promise<Response> {
    const isList = new URL(url).searchParams.has("list-type");
    if (isList && this.lists) return new Response(EMPTY, { headers: { "content-type": "application/xml" } });
    // The runtime sends what it gave up on a kept connection once more, though nobody waits for it.
    const call = headers.get("amz-sdk-invocation-id");
    if (!this.#calls.has(call)) this.left.push(`${method}${isList ? " list" : ""}`);
    this.#calls.add(call);
    return new Promise(() => {});
  }
}

/** A stage on a storage that fails, which the server logs. */
async function withStorage(blobs: S3Blobs, run: (stage: UploadStage) => Promise<void>): Promise<void> {
  const stage = await openStage({ blobs });
  try {
    await run(stage);
  } finally {
    await stage.server.dispose();
  }
}

/** A file that is to come. */
async function announce({ server, ann, conversationId }: UploadStage): Promise<string> {
  const file = { fileName: "notes.txt", mimeType: "text/plain", fileSize: 10, conversationId };
  return (await server.ok(ann, "POST /api/uploads/presign", file)).upload.id;
}

function patch({ server, ann }: UploadStage, id: string, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/api/uploads/tus/${id}`, {
    method: "PATCH",
    body: "some notes",
    headers: {
      ...{ authorization: `Bearer ${ann.token}`, "tus-resumable": "1.0.0", "upload-offset": "0" },
      ...{ "content-type": "application/offset+octet-stream", ...headers },
    },
  }).then(answered);
}

/** Everything that asks the storage, by what it is left alone with. */
async function callsOf(stage: UploadStage): Promise<Record<string, () => Promise<RestAnswer>>> {
  const { server, ann } = stage;
  const [completed, patched, ready] = [await announce(stage), await announce(stage), await announce(stage)];
  const made = { state: "ready", blob: "key", thumbnail: "key", checksum: "key" } as const;
  await server.store.patch(records, ready, { set: made });
  return {
    "POST /api/uploads": () => bring(stage, ann, NOTES),
    "POST /complete": () => server.call(ann, `POST /api/uploads/${completed}/complete`),
    "PATCH /tus": () => patch(stage, patched),
    "GET /tus": () => server.call(ann, `GET /api/uploads/tus/${patched}`),
    "GET /content": () => server.call(ann, `GET /api/uploads/${ready}/content`),
    "GET /thumbnail": () => server.call(ann, `GET /api/uploads/${ready}/thumbnail`),
  };
}

Deno.test("a storage that takes requests and answers none is waited for once, by each call on its own", async () => {
  await using s3 = new StalledS3();
  await withStorage(s3.blobs, async (stage) => {
    const calls = await callsOf(stage);
    assertEquals(s3.left, [], "announcing a file asks nothing of the storage");
    for (const [name, call] of Object.entries(calls)) {
      s3.left.length = 0;
      assertEquals(said(await call()), "503 files_unavailable", name);
      assertEquals(s3.left.length, 1, `${name} was left alone with ${s3.left}`);
    }
    const [{ downloadCount } = {}] = await stage.server.store.find(records, { where: { blob: "key" } });
    assertEquals(downloadCount, 0, "what nobody was given is no download");
  });
});

Deno.test("messages go on while a storage lets everything else wait", async () => {
  await using s3 = new StalledS3();
  await withStorage(s3.blobs, async (stage) => {
    const { server, ann, ben, conversationId } = stage;
    const calls = [...Object.values(await callsOf(stage)), ...Object.values(await callsOf(stage))];
    const waiting = Promise.all(calls.map((call) => call()));
    for (let n = 0; n < 20; n++) await server.send(n % 2 ? ann : ben, conversationId, `message ${n}`);
    assertEquals(new Set((await waiting).map(said)), new Set(["503 files_unavailable"]));
    const { messages } = await server.ok(ben, `GET /api/messages/conversation/${conversationId}`);
    assertEquals(messages.length, 20);
  });
});

Deno.test("a storage that stalls while bytes come is not asked once more for the same, nor to clear up", async () => {
  await using s3 = new StalledS3();
  await withStorage(s3.blobs, async (stage) => {
    const { server, ann } = stage;
    const id = await announce(stage);
    s3.lists = true;
    assertEquals(said(await bring(stage, ann, NOTES)), "503 files_unavailable");
    const large = { ...NOTES, bytes: "a".repeat(6_000_000) };
    assertEquals(said(await bring(stage, ann, large)), "503 files_unavailable");
    assertEquals(said(await patch(stage, id)), "503 files_unavailable");
    assertEquals(s3.left, ["PUT", "PUT", "PUT"]);
    assertEquals(await server.store.count(records, { state: "dropped" }), 2);
    const checked = await patch(stage, id, { "upload-checksum": "sha1 AAAA" });
    assertEquals(said(checked), "503 files_unavailable");
  });
});

Deno.test("a storage that is not there is told, and can be asked again", async () => {
  const s3 = new StalledS3();
  await s3[Symbol.asyncDispose]();
  await withStorage(s3.blobs, async (stage) => {
    for (const [name, call] of Object.entries(await callsOf(stage))) {
      for (let n = 0; n < 2; n++) assertEquals(said(await call()), "503 files_unavailable", name);
    }
    await stage.server.send(stage.ann, stage.conversationId, "still here");
  });
});
