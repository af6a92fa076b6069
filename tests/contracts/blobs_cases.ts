import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Blobs } from "../../src/ports/blobs.ts";
import { DraftChanged } from "../../src/ports/blobs.ts";
import { bytesOf, numbered, oneByOne, partsOf, textOf } from "../support/bytes.ts";

/** A case of the contract; names of drafts and keys are its own. */
export interface BlobCase {
  readonly name: string;
  readonly run: (blobs: Blobs, name: string) => Promise<void>;
}

/** Makes a blob of a text. */
async function keep(blobs: Blobs, key: string, text: string): Promise<void> {
  const { version } = await blobs.append(`of-${key}`, 0, partsOf(text));
  await blobs.seal(`of-${key}`, version, key);
}

async function draftText(blobs: Blobs, draft: string): Promise<string> {
  return await textOf((await blobs.readDraft(draft)).bytes);
}

async function blobText(
  blobs: Blobs,
  key: string,
  start?: number,
  end?: number,
): Promise<string | undefined> {
  const range = start === undefined || end === undefined ? undefined : { start, end };
  const stream = await blobs.read(key, range);
  return stream && await textOf(stream);
}

async function idle(blobs: Blobs, since: number): Promise<string[]> {
  const names: string[] = [];
  for await (const name of blobs.drafts(since)) names.push(name);
  return names;
}

export const blobCases: readonly BlobCase[] = [
  {
    name: "a draft grows by what is appended, and is read from its beginning",
    async run(blobs, draft) {
      assertEquals((await blobs.draft(draft)).size, 0);
      assertEquals((await blobs.append(draft, 0, partsOf("one ", "two "))).size, 8);
      assertEquals((await blobs.append(draft, 8, partsOf("three"))).size, 13);
      assertEquals((await blobs.draft(draft)).size, 13);
      assertEquals(await draftText(blobs, draft), "one two three");
      await blobs.dropDraft(draft);
      assertEquals((await blobs.draft(draft)).size, 0);
      assertEquals(await draftText(blobs, draft), "");
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "append() refuses another place than the end, and changes nothing",
    async run(blobs, draft) {
      await blobs.append(draft, 0, partsOf("abc"));
      for (const at of [0, 2, 4]) {
        await assertRejects(() => blobs.append(draft, at, partsOf("x")), DraftChanged);
      }
      assertEquals(await draftText(blobs, draft), "abc");
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "append() keeps what came before its source failed, and passes the failure on",
    async run(blobs, draft) {
      await assertRejects(
        () => blobs.append(draft, 0, oneByOne(["abc", "def", new Error("the line went down")])),
        Error,
        "the line went down",
      );
      const { size } = await blobs.draft(draft);
      assertEquals(size, 6);
      await blobs.append(draft, size, partsOf("ghi"));
      assertEquals(await draftText(blobs, draft), "abcdefghi");
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "cut() takes the end of a draft away, from where an append began",
    async run(blobs, draft) {
      await blobs.append(draft, 0, partsOf("kept"));
      await blobs.append(draft, 4, partsOf("not kept"));
      await blobs.cut(draft, 4);
      assertEquals((await blobs.append(draft, 4, partsOf("!"))).size, 5);
      assertEquals(await draftText(blobs, draft), "kept!");
      await blobs.cut(draft, 0);
      assertEquals((await blobs.draft(draft)).size, 0);
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "a draft's version changes with its bytes",
    async run(blobs, draft) {
      const first = await blobs.append(draft, 0, partsOf("abc"));
      assertEquals(await blobs.draft(draft), first);
      const { bytes, ...read } = await blobs.readDraft(draft);
      await bytes.cancel();
      assertEquals(read, first);
      const second = await blobs.append(draft, 3, partsOf("def"));
      assert(second.version !== first.version);
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "seal() makes a draft the blob of a key, and the draft is no more",
    async run(blobs, key) {
      assertEquals(await blobs.size(key), undefined);
      assertEquals(await blobText(blobs, key), undefined);
      await keep(blobs, key, "bytes");
      assertEquals(await blobs.size(key), 5);
      assertEquals(await blobText(blobs, key), "bytes");
      assertEquals((await blobs.draft(`of-${key}`)).size, 0);
    },
  },
  {
    name: "seal() refuses a draft that is not in the version that was looked at",
    async run(blobs, draft) {
      const { version } = await blobs.append(draft, 0, partsOf("abc"));
      await blobs.append(draft, 3, partsOf("d"));
      await assertRejects(() => blobs.seal(draft, version, `key-${draft}`), DraftChanged);
      assertEquals(await blobs.size(`key-${draft}`), undefined);
      assertEquals(await draftText(blobs, draft), "abcd");
      await blobs.dropDraft(draft);
    },
  },
  {
    name: "seal() leaves the blob that is there, and lets go of the draft",
    async run(blobs, key) {
      await keep(blobs, key, "the same");
      await keep(blobs, key, "the same");
      assertEquals(await blobText(blobs, key), "the same");
      assertEquals((await blobs.draft(`of-${key}`)).size, 0);
    },
  },
  {
    name: "of two who seal one draft at once, one does, and the blob is whole",
    async run(blobs, key) {
      const { version } = await blobs.append(key, 0, partsOf("bytes"));
      const sealed = await Promise.allSettled([1, 2].map(() => blobs.seal(key, version, `k-${key}`)));
      assert(sealed.some(({ status }) => status === "fulfilled"));
      assertEquals(await blobText(blobs, `k-${key}`), "bytes");
    },
  },
  {
    name: "read() gives parts of a blob, both ends included",
    async run(blobs, key) {
      await keep(blobs, key, "0123456789");
      assertEquals(await blobText(blobs, key, 0, 0), "0");
      assertEquals(await blobText(blobs, key, 3, 6), "3456");
      assertEquals(await blobText(blobs, key, 9, 9), "9");
      assertEquals(await blobText(blobs, key, 0, 9), "0123456789");
    },
  },
  {
    name: "remove() deletes a blob, and it can come again",
    async run(blobs, key) {
      await keep(blobs, key, "bytes");
      await blobs.remove(key);
      await blobs.remove(key);
      assertEquals(await blobs.size(key), undefined);
      assertEquals(await blobText(blobs, key), undefined);
      await keep(blobs, key, "bytes");
      assertEquals(await blobText(blobs, key), "bytes");
    },
  },
  {
    name: "drafts() names those that were not written to since a time",
    async run(blobs, draft) {
      const before = Date.now();
      await blobs.append(draft, 0, partsOf("abc"));
      await blobs.append(`${draft}-2`, 0, partsOf("abc"));
      assert(!(await idle(blobs, before - 60_000)).includes(draft));
      const found = await idle(blobs, Date.now() + 60_000);
      assert(found.includes(draft) && found.includes(`${draft}-2`));
      await blobs.dropDraft(draft);
      assert(!(await idle(blobs, Date.now() + 60_000)).includes(draft));
      await blobs.dropDraft(`${draft}-2`);
    },
  },
  {
    name: "what is larger than any buffer comes back as it was, in pieces of any size",
    async run(blobs, key) {
      const sizes = [1, 70_000, 5_000_000, 3, 9_000_000, 6_000_000, 100];
      let size = 0;
      for (const length of sizes) {
        size = (await blobs.append(key, size, numbered(size, length))).size;
      }
      const { version } = await blobs.draft(key);
      await blobs.seal(key, version, `k-${key}`);
      assertEquals(await blobs.size(`k-${key}`), size);
      const stream = await blobs.read(`k-${key}`);
      assert(stream);
      const expected = await bytesOf(numbered(0, size));
      assertEquals(await bytesOf(stream), expected);
      const part = await blobs.read(`k-${key}`, { start: 5_000_000, end: 14_000_000 });
      assert(part);
      assertEquals(await bytesOf(part), expected.slice(5_000_000, 14_000_001));
    },
  },
  {
    name: "names that lead elsewhere are refused",
    async run(blobs) {
      for (const name of ["", "..", "../x", "a/b", "a.b", "\0", "x".repeat(129)]) {
        await assertRejects(() => blobs.append(name, 0, partsOf("x")), TypeError);
        await assertRejects(() => blobs.read(name), TypeError);
        await assertRejects(() => blobs.remove(name), TypeError);
      }
    },
  },
];
