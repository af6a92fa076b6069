import { assertEquals } from "@std/assert";
import { ParleyError } from "../../src/client/mod.ts";
import type { FileOptions, LocalMessage, Upload, UploadOptions } from "../../src/client/mod.ts";
import type { KeptFile } from "../../src/web/files/kept.ts";
import { FileQueue } from "../../src/web/files/queue.ts";
import { local } from "./conversation_support.ts";

/** A file on its way, and what the test says becomes of it. */
interface Way {
  readonly name: string | undefined;
  readonly options: UploadOptions;
  readonly arrives: (mimeType?: string) => void;
  readonly fails: (code: string) => void;
}

/** A conversation whose files arrive when a test says so, and everything that a queue has done. */
class World {
  readonly id = "c";
  readonly ways: Way[] = [];
  readonly sent: (FileOptions & { readonly uploadId: string })[] = [];
  readonly kept = new Map<string, KeptFile>();
  readonly unwanted: string[] = [];
  readonly unsaid: string[] = [];
  readonly refused: string[] = [];
  messages: readonly LocalMessage[] = [];

  queue(): FileQueue {
    return new FileQueue({
      conversation: this,
      kept: {
        add: (file) => void this.kept.set(file.id, file),
        update: (file) => void this.kept.set(file.id, file),
        remove: (id) => void this.kept.delete(id),
      },
      onRefused: ({ name }) => this.refused.push(name),
      onUnwanted: (id) => this.unwanted.push(id),
      onUnsaid: (text) => this.unsaid.push(text),
    });
  }

  sendUpload({ id }: Upload, options: FileOptions = {}): LocalMessage {
    this.sent.push({ uploadId: id, ...options });
    return local();
  }

  upload(_: Blob, options: UploadOptions = {}): Promise<Upload> {
    const { name } = options;
    return new Promise((resolve, reject) => {
      const aborted = () => reject(new ParleyError("aborted"));
      options.signal?.addEventListener("abort", aborted);
      this.ways.push({
        ...{ name, options },
        arrives: (mimeType = "text/plain") => resolve({ id: `up-${name}`, mimeType } as Upload),
        fails: (code) => reject(new ParleyError(code)),
      });
    });
  }

  /** The way that was begun last, once everything that follows from what was done has happened. */
  async next(): Promise<Way | undefined> {
    await new Promise((resolve) => setTimeout(resolve));
    return this.ways.at(-1);
  }
}

const given = (...names: readonly string[]) => names.map((name) => ({ name, bytes: new Blob([name]) }));
const states = (queue: FileQueue) => queue.files.value.map(({ name, state }) => `${name} ${state}`);
const said = ({ sent }: World) => sent.map(({ uploadId, text, replyTo }) => [uploadId, text, replyTo?.id]);

Deno.test("files are brought at once, one after the other, and wait to be sent", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a", "b"));
  assertEquals(states(queue), ["a going", "b waiting"]);
  assertEquals([world.kept.size, queue.isReady], [2, true]);
  world.ways[0]?.options.onProgress?.({ sent: 1, total: 1 });
  assertEquals(queue.files.value[0]?.sent, 1);
  world.ways[0]?.arrives();
  (await world.next())?.arrives();
  await world.next();
  assertEquals([states(queue), world.sent.length], [["a there", "b there"], 0]);
});

Deno.test("they are sent in their order as they arrive: what is answered with the first, the text with the last", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a", "b"));
  const replyTo = local({ seq: 7 }).message;
  queue.send({ text: "Look", replyTo });
  assertEquals([states(queue), queue.isReady], [["a going", "b waiting"], false]);
  world.ways[0]?.arrives();
  (await world.next())?.arrives();
  await world.next();
  assertEquals(said(world), [["up-a", "", "m7"], ["up-b", "Look", undefined]]);
  assertEquals(states(queue), []);
});

Deno.test("what is given later is sent later", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a"));
  queue.send({ text: "first" });
  queue.add(given("b"));
  world.ways[0]?.arrives();
  (await world.next())?.arrives();
  await world.next();
  assertEquals([said(world), states(queue)], [[["up-a", "first", undefined]], ["b there"]]);
});

Deno.test("one that is refused holds up nobody, and keeps what was said with it until it is taken away", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("bad"));
  queue.send({ text: "Look" });
  queue.add(given("good"));
  queue.send({ text: "" });
  world.ways[0]?.fails("unsupported_media_type");
  (await world.next())?.arrives();
  await world.next();
  assertEquals([said(world), world.refused], [[["up-good", "", undefined]], ["bad"]]);
  assertEquals([states(queue), queue.isReady], [["bad failed"], false]);
  queue.cancel(queue.files.value[0]?.id ?? "");
  assertEquals([states(queue), world.unsaid], [[], ["Look"]]);
});

Deno.test("one that was refused can be brought anew", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a"));
  world.ways[0]?.options.onBegun?.("begun");
  world.ways[0]?.fails("files_full");
  await world.next();
  queue.retry(queue.files.value[0]?.id ?? "");
  const again = await world.next();
  assertEquals([world.ways.length, again?.options.uploadId, states(queue)], [2, undefined, ["a going"]]);
});

Deno.test("a voice message says how loud it is, in up to 96 steps, where the server took it for sound", async () => {
  const world = new World();
  const queue = world.queue();
  const peaks = Array.from({ length: 960 }, (_, at) => at / 959);
  const spoken = (name: string, heard: readonly number[]) => ({
    name,
    bytes: new Blob([name]),
    peaks: heard,
  });
  queue.add([spoken("long", peaks), spoken("short", [0.256, 1]), spoken("none", []), spoken("film", [1])]);
  queue.send({ text: "" });
  for (const type of ["audio/webm", "audio/ogg", "audio/mp4", "video/webm"]) {
    (await world.next())?.arrives(type);
  }
  await world.next();
  const [long, short, ...others] = world.sent.map(({ waveform }) => waveform);
  assertEquals([long?.length, long?.at(0), long?.at(-1)], [96, 1, 100]);
  assertEquals(short, [26, 100]);
  assertEquals(others, [undefined, undefined]);
});

Deno.test("a file is taken away wherever it is", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("going", "waiting", "there"));
  const [going, waiting, there] = queue.files.value.map(({ id }) => id);
  queue.cancel(waiting ?? "");
  queue.cancel(going ?? "");
  assertEquals(world.ways[0]?.options.signal?.aborted, true);
  (await world.next())?.arrives();
  await world.next();
  assertEquals(states(queue), ["there there"]);
  queue.cancel(there ?? "");
  assertEquals([states(queue), world.unwanted, world.kept.size], [[], ["up-there"], 0]);
  assertEquals(world.ways.map(({ name }) => name), ["going", "there"]);
});

Deno.test("what is kept says how far it was, and goes on from there", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a"));
  world.ways[0]?.options.onBegun?.("begun");
  queue.send({ text: "Look" });
  const [kept] = [...world.kept.values()];
  assertEquals([kept?.uploadId, kept?.said], ["begun", { text: "Look" }]);
  const later = world.queue();
  if (kept) later.take(kept, new Blob(["a"]));
  const way = await world.next();
  assertEquals(way?.options.uploadId, "begun");
  way?.arrives();
  await world.next();
  assertEquals(world.sent.map(({ clientId }) => clientId), [kept?.id]);
});

Deno.test("what was sent before the page was left is not sent again, and is kept until it is stored", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a"));
  queue.send({ text: "" });
  world.ways[0]?.arrives();
  await world.next();
  const [kept] = [...world.kept.values()];
  const id = kept?.id ?? "";
  world.messages = [local({ seq: 0, clientId: id, state: "sending" })];
  queue.settle();
  assertEquals(world.kept.size, 1);
  if (kept) world.queue().take(kept, new Blob(["a"]));
  assertEquals([world.kept.size, world.ways.length], [0, 1]);
  world.kept.set(id, kept as KeptFile);
  world.messages = [local({ clientId: id })];
  queue.settle();
  assertEquals([world.kept.size, world.sent.length], [0, 1]);
});

Deno.test("who is signed out leaves nothing but what is kept", async () => {
  const world = new World();
  const queue = world.queue();
  queue.add(given("a", "b"));
  world.ways[0]?.fails("unauthenticated");
  await world.next();
  assertEquals([states(queue), world.kept.size, world.ways.length, world.refused], [[], 2, 1, []]);
});
