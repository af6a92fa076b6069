import { assertEquals } from "@std/assert";
import { memoryStorage } from "../../src/client/mod.ts";
import type { ClientStorage } from "../../src/client/mod.ts";
import { KeptFiles } from "../../src/web/files/kept.ts";
import type { KeptFile, Notes } from "../../src/web/files/kept.ts";

const DAY_MS = 86_400_000;

function file(id: string, more: Partial<KeptFile> = {}): KeptFile {
  return { id, conversationId: "c", name: `${id}.txt`, addedAt: Date.now(), ...more };
}

/** What the device notes, of one test alone. */
function notesIn(noted = new Map<string, string>()): Notes {
  return {
    keep: (key, text) => void (text === undefined ? noted.delete(key) : noted.set(key, text)),
    recall: (key) => noted.get(key),
  };
}

const ids = async (kept: KeptFiles) => (await kept.all()).map(({ id }) => id);

Deno.test("files are kept with their bytes, in the order in which they came, each user's apart", async () => {
  const storage = memoryStorage();
  const kept = new KeptFiles(storage, "ann", notesIn());
  kept.add(file("late", { addedAt: Date.now() + 60_000 }), new Blob(["late"]));
  kept.add(file("early"), new Blob(["early"]));
  new KeptFiles(storage, "bob", notesIn()).add(file("other"), new Blob(["other"]));
  assertEquals(await ids(kept), ["early", "late"]);
  assertEquals(await (await new KeptFiles(storage, "ann", notesIn()).bytesOf("late"))?.text(), "late");
  kept.remove("early");
  assertEquals([await ids(kept), await kept.bytesOf("early")], [["late"], undefined]);
});

Deno.test("what is new about a file is kept, unless the file is gone", async () => {
  const kept = new KeptFiles(memoryStorage(), "ann", notesIn());
  kept.add(file("a"), new Blob(["a"]));
  kept.update(file("a", { uploadId: "begun" }));
  kept.update(file("never"));
  assertEquals((await kept.all()).map(({ id, uploadId }) => [id, uploadId]), [["a", "begun"]]);
});

Deno.test("what was said of a file is kept also when the page is left before the storage has written it", async () => {
  const noted = new Map<string, string>();
  const notes = notesIn(noted);
  const storage = memoryStorage();
  const writes = Promise.withResolvers<void>();
  let isSlow = false;
  const slow: ClientStorage = {
    ...{ get: storage.get, delete: storage.delete, keys: storage.keys, clear: storage.clear },
    close() {},
    set: async (entries) => {
      if (isSlow) await writes.promise;
      await storage.set(entries);
    },
  };
  const kept = new KeptFiles(slow, "ann", notes);
  kept.add(file("a"), new Blob(["a"]));
  await kept.all();
  isSlow = true;
  kept.update(file("a", { uploadId: "begun" }));
  kept.update(file("a", { uploadId: "begun", said: { text: "Here it is" } }));
  const words = async () => (await new KeptFiles(storage, "ann", notes).all()).map(({ said }) => said?.text);
  assertEquals(await words(), ["Here it is"]);
  writes.resolve();
  await kept.all();
  assertEquals(await words(), ["Here it is"]);
  assertEquals(noted.size, 0, "what is written is not noted any more");
  kept.update(file("a"));
  kept.remove("a");
  await kept.all();
  assertEquals([noted.size, await words()], [0, []]);
});

Deno.test("what is too large, all in all, is not kept", async () => {
  const kept = new KeptFiles(memoryStorage(), "ann", notesIn());
  const sized = (bytes: number) => Object.defineProperty(new Blob(["x"]), "size", { value: bytes });
  kept.add(file("a"), sized(200 * 1024 * 1024));
  kept.add(file("b"), sized(100 * 1024 * 1024));
  kept.add(file("c"), sized(50 * 1024 * 1024));
  assertEquals(await ids(kept), ["a", "c"]);
  kept.remove("a");
  kept.add(file("b"), sized(100 * 1024 * 1024));
  assertEquals((await ids(kept)).sort(), ["b", "c"]);
});

Deno.test("what has lain for a week is forgotten", async () => {
  const storage = memoryStorage();
  const kept = new KeptFiles(storage, "ann", notesIn());
  kept.add(file("old", { addedAt: Date.now() - 8 * DAY_MS }), new Blob(["old"]));
  kept.add(file("new", { addedAt: Date.now() - 6 * DAY_MS }), new Blob(["new"]));
  assertEquals(await ids(kept), ["new"]);
  assertEquals(await kept.bytesOf("old"), undefined);
  assertEquals((await storage.keys("ann/")).length, 2);
});

Deno.test("a browser that keeps nothing does no harm", async () => {
  const refuse = () => Promise.reject(new Error("no room"));
  const storage: ClientStorage = {
    ...{ get: refuse, set: refuse, delete: refuse, keys: refuse, clear: refuse },
    close() {},
  };
  const kept = new KeptFiles(storage, "ann", notesIn());
  kept.add(file("a"), new Blob(["a"]));
  kept.remove("a");
  assertEquals([await ids(kept), await kept.bytesOf("a")], [[], undefined]);
});
