import { assert, assertEquals } from "@std/assert";
import { uploads as records } from "../../src/modules/uploads/records.ts";
import type { AnyCollection, Query, Store } from "../../src/ports/store.ts";
import { picture } from "../support/pictures.ts";
import type { TestUser } from "../support/rest.ts";
import { brought, bytesAt, openStage, said } from "./uploads_support.ts";
import type { TestFile, UploadStage } from "./uploads_support.ts";

const NOTES = { name: "notes.txt", type: "text/plain", bytes: "some notes" };
const PICTURE = { name: "shot.png", type: "image/png", bytes: picture(3, 2) };
const SOUND = { name: "voice.wav", type: "audio/wav", bytes: "RIFF\x24\0\0\0WAVEfmt " };
const VIDEO = { name: "film.mp4", type: "video/mp4", bytes: "\0\0\0\x18ftypmp42\0\0\0\0mp42isom" };

/** Says something that is a file, and answers the file's id. */
async function say(stage: UploadStage, as: TestUser, file: TestFile, more: object = {}): Promise<string> {
  const { id } = await brought(stage, as, file);
  await stage.server.ok(as, "POST /api/messages", {
    conversationId: stage.conversationId,
    clientId: id,
    content: { type: "file", metadata: { uploadId: id } },
    ...more,
  });
  return id;
}

const path = ({ conversationId }: UploadStage, query = "") =>
  `GET /api/uploads?conversationId=${conversationId}${query}`;

interface Listed {
  readonly uploads: readonly { readonly id: string; readonly messageId: string }[];
  readonly pagination: {
    readonly limit: number;
    readonly hasMore: boolean;
    readonly nextCursor: string | null;
  };
}

const list = (stage: UploadStage, as: TestUser, query = ""): Promise<Listed> =>
  stage.server.ok(as, path(stage, query));

const idsOf = ({ uploads }: Listed) => uploads.map(({ id }) => id);

Deno.test("the files of a conversation are listed in the order of their messages, newest first, in pages", async () => {
  await using stage = await openStage();
  const { server, ann, ben, conversationId } = stage;
  const files: string[] = [];
  // Brought in another order than they are sent in.
  const later = await brought(stage, ann, NOTES);
  for (const as of [ann, ben, ann, ben]) {
    files.unshift(await say(stage, as, NOTES));
    await server.send(as, conversationId, "words in between");
  }
  const content = { type: "file", metadata: { uploadId: later.id } };
  await server.ok(ann, "POST /api/messages", { conversationId, clientId: "later", content });
  files.unshift(later.id);
  await brought(stage, ann, NOTES);
  assertEquals(idsOf(await list(stage, ben)), files);
  const pages: string[][] = [];
  for (let cursor = "";;) {
    const page = await list(stage, ben, `&limit=2${cursor}`);
    pages.push(idsOf(page));
    const { limit, hasMore, nextCursor } = page.pagination;
    assertEquals([limit, hasMore], [2, nextCursor !== null]);
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  assertEquals(pages, [files.slice(0, 2), files.slice(2, 4), files.slice(4)]);
  const whole = await list(stage, ben, `&limit=${files.length}`);
  assertEquals([idsOf(whole).length, whole.pagination.nextCursor], [files.length, null]);
});

Deno.test("an entry is what the file's own address tells, with links for its reader", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const id = await say(stage, ann, PICTURE);
  const { uploads: [entry] } = await server.ok(ben, path(stage));
  assertEquals(entry, await server.ok(ben, `GET /api/uploads/${id}`));
  assertEquals(entry.messageId, `${stage.conversationId}-1`);
  assertEquals((await bytesAt(stage, undefined, entry.links.content)).status, 200);
});

Deno.test("an entry of a voice message has its waveform", async () => {
  await using stage = await openStage();
  const { server, ann, ben } = stage;
  const waveform = [0, 30, 100];
  const { id } = await brought(stage, ann, SOUND);
  const spoken = await say(stage, ann, SOUND);
  await server.ok(ann, "POST /api/messages", {
    ...{ conversationId: stage.conversationId, clientId: id },
    content: { type: "file", metadata: { uploadId: id, waveform } },
  });
  const { uploads } = await server.ok(ben, path(stage));
  assertEquals(uploads.map((entry: { id: string }) => entry.id), [id, spoken]);
  assertEquals([uploads[0].waveform, "waveform" in uploads[1]], [waveform, false]);
});

Deno.test("one kind of files is listed alone", async () => {
  await using stage = await openStage();
  const { ann } = stage;
  const ids = new Map<string, string>();
  for (const [kind, file] of Object.entries({ picture: PICTURE, video: VIDEO, audio: SOUND, other: NOTES })) {
    ids.set(kind, await say(stage, ann, file));
  }
  for (const [kind, id] of ids) assertEquals(idsOf(await list(stage, ann, `&kind=${kind}`)), [id], kind);
});

Deno.test("files of deleted messages, of announced files and of other conversations are not listed", async () => {
  await using stage = await openStage();
  const { server, ann, ben, conversationId } = stage;
  const ids = [await say(stage, ann, NOTES), await say(stage, ann, NOTES), await say(stage, ann, NOTES)];
  const elsewhere = { ...stage, conversationId: await server.group(ann, [ben]) };
  await say(elsewhere, ann, NOTES);
  const { uploads } = await list(stage, ben);
  await server.ok(ann, `DELETE /api/messages/${uploads[1]?.messageId}`);
  assertEquals(idsOf(await list(stage, ben)), [ids[2], ids[0]]);
  assertEquals(idsOf(await list(stage, ben, "&limit=2")), [ids[2], ids[0]]);
  assertEquals((await list(elsewhere, ben)).uploads.length, 1);
  await server.ok(ann, `DELETE /api/conversations/${conversationId}/participants/${ben.id}`);
  assertEquals(said(await server.call(ben, path(stage))), "404 not_found");
});

Deno.test("a file whose message is deleted is not listed from that moment on, though nobody has cleared it up", async () => {
  await using stage = await openStage();
  const { server, ann } = stage;
  const ids = [await say(stage, ann, NOTES), await say(stage, ann, NOTES)];
  const left = await server.store.get(records, ids[1] ?? "");
  assert(left?.messageId);
  await server.ok(ann, `DELETE /api/messages/${left.messageId}`);
  await server.store.insert(records, left);
  const page = await list(stage, ann, "&limit=1");
  assertEquals([idsOf(page), page.pagination.nextCursor], [[], String(left.messageSeq)]);
  assertEquals(idsOf(await list(stage, ann, `&cursor=${left.messageSeq}`)), [ids[0]]);
});

Deno.test("who may not see the conversation, and who asks for what is none, is told so", async () => {
  await using stage = await openStage();
  const { server, ann, eve } = stage;
  assertEquals(said(await server.call(eve, path(stage))), "404 not_found");
  assertEquals(said(await server.call(ann, "GET /api/uploads?conversationId=nothing")), "404 not_found");
  assertEquals(said(await server.call(undefined, path(stage))), "401 unauthenticated");
  const wrong = [
    "kind=music",
    "limit=0",
    "limit=101",
    "limit=1e1",
    "limit=%2B5",
    "cursor=x",
    "cursor=0",
    "cursor=1.5",
  ];
  for (const query of wrong) {
    const answer = await server.call(ann, path(stage, `&${query}`));
    assertEquals(said(answer), "400 invalid_request", query);
    assertEquals(answer.body.errors[0].field, query.split("=")[0]);
  }
  assertEquals(said(await server.call(ann, "GET /api/uploads")), "400 invalid_request");
  for (const limit of [1, 100]) {
    assertEquals((await list(stage, ann, `&limit=${limit}`)).pagination.limit, limit);
  }
});

Deno.test("a file whose message is made but not yet written down with it is listed in its place", async () => {
  await using stage = await openStage();
  const { server, ann } = stage;
  const ids = [await say(stage, ann, NOTES), await say(stage, ann, PICTURE), await say(stage, ann, NOTES)];
  const lost = { messageId: null, messageSeq: 0, claimedAt: new Date().toISOString() };
  await server.store.patch(records, ids[1] ?? "", { set: lost });
  // One that is claimed by a message that never came.
  const { id } = await brought(stage, ann, NOTES);
  await server.store.patch(records, id, { set: { ...lost, claim: `${ann.id}:nothing` } });
  assertEquals(idsOf(await list(stage, ann)), ids.toReversed());
  assertEquals(idsOf(await list(stage, ann, "&kind=picture")), [ids[1]]);
  assertEquals(idsOf(await list(stage, ann, "&limit=1&cursor=3")), [ids[1]]);
  assertEquals(idsOf(await list(stage, ann, "&cursor=2")), [ids[0]]);
});

/** What was asked of a store. */
interface Asked {
  readonly what: string;
  readonly of: AnyCollection;
  readonly query: Query<Record<string, unknown> & { readonly id: string }> | undefined;
}

function watched(store: Store, asked: Asked[]): Store {
  return new Proxy(store, {
    get(target, key) {
      const method = Reflect.get(target, key);
      if (typeof method !== "function") return method;
      return (...args: readonly unknown[]) => {
        const [of, query] = args as [AnyCollection, Asked["query"]];
        asked.push({ what: String(key), of, query: key === "find" ? query : undefined });
        return Reflect.apply(method, target, args);
      };
    },
  });
}

/** Whether a key of the collection leads to what is asked, in its order. */
function isIndexed({ of, query = {} }: Asked): boolean {
  const { where = {}, order = [] } = query;
  const isRange = (condition: unknown) =>
    typeof condition === "object" && condition !== null && !("in" in condition);
  const equal = Object.keys(where).filter((field) => !isRange(where[field]));
  const ranges = Object.keys(where).filter((field) => isRange(where[field]));
  const then = [...new Set([...ranges, ...order.map(([field]) => field)])];
  return [["id"], ...of.unique ?? [], ...of.indexes ?? []].some((fields) =>
    fields.slice(0, equal.length).every((field) => equal.includes(field)) &&
    then.every((field, i) => fields[equal.length + i] === field)
  );
}

Deno.test("a page of 50 takes as many look-ups as a page of one, each by a declared index", async () => {
  const asked: Asked[] = [];
  await using stage = await openStage({ wrap: (store) => watched(store, asked) });
  for (let n = 0; n < 50; n++) await say(stage, stage.ann, NOTES);
  for (const query of ["", "&kind=other", "&cursor=40"]) {
    const counts = [];
    for (const limit of [1, 50]) {
      asked.length = 0;
      const { uploads } = await list(stage, stage.ben, `&limit=${limit}${query}`);
      assert(uploads.length === Math.min(limit, query.includes("cursor") ? 39 : 50));
      const finds = asked.filter(({ what }) => what === "find");
      assertEquals(finds.filter((one) => !isIndexed(one)).map(({ query }) => query), []);
      counts.push(finds.map(({ of }) => of.name));
    }
    // Nobody looks anything up for a file: membership, what is only just made, the files, their messages.
    assertEquals(counts[0], counts[1]);
    assertEquals(counts[1], ["participants", "uploads", "uploads", "messages"]);
  }
});
