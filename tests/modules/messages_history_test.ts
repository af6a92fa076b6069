import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { remove } from "../../src/modules/messages/edit.ts";
import { readHistory } from "../../src/modules/messages/history.ts";
import { markRead } from "../../src/modules/messages/receipts.ts";
import type { HistoryQuery, MessageView } from "../../src/modules/messages/schema.ts";
import { historyView, messageView } from "../../src/modules/messages/schema.ts";
import type { World } from "./messages_support.ts";
import { openWorld } from "./messages_support.ts";

/** A conversation of `count` messages. */
async function talk(world: World, count: number): Promise<[ann: string, conversationId: string]> {
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  await Promise.all(Array.from({ length: count }, (_, i) => world.send(ann, conversationId, `${i + 1}`)));
  return [ann, conversationId];
}

const seqs = (messages: readonly Pick<MessageView, "seq">[]): number[] => messages.map(({ seq }) => seq);

Deno.test("GET answers pages counted from the newest, each oldest first", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 5);
  const path = `/conversation/${id}`;
  const pages = [];
  for (const page of [1, 2, 3, 4]) {
    const { status, body } = await world.call(ann, "GET", `${path}?page=${page}&limit=2`);
    assertEquals([status, body.pagination], [200, { page, limit: 2, total: 5, pages: 3 }]);
    pages.push(seqs(body.messages));
  }
  assertEquals(pages, [[4, 5], [2, 3], [1], []]);
  const { body } = await world.call(ann, "GET", path);
  assertEquals([seqs(body.messages), body.pagination], [[1, 2, 3, 4, 5], {
    page: 1,
    limit: 50,
    total: 5,
    pages: 1,
  }]);
});

Deno.test("GET of a conversation in which nothing was said answers an empty page", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 0);
  const { body } = await world.call(ann, "GET", `/conversation/${id}`);
  assertEquals(body, { messages: [], pagination: { page: 1, limit: 50, total: 0, pages: 0 } });
});

Deno.test("GET leaves deleted messages out of pages, their places counted, and shows them blank elsewhere", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 4);
  await remove(world.messages, ann, `${id}-3`);
  const page = (await world.call(ann, "GET", `/conversation/${id}?limit=2`)).body;
  assertEquals([seqs(page.messages), page.pagination], [[4], { page: 1, limit: 2, total: 4, pages: 2 }]);
  for (const form of ["before=5", "after=2", "around=3"]) {
    const { messages } = (await world.call(ann, "GET", `/conversation/${id}?limit=2&${form}`)).body;
    const deleted = messages.find(({ seq }: MessageView) => seq === 3);
    assertEquals([deleted?.isDeleted, deleted?.content], [true, { type: "text", text: "" }], form);
  }
});

Deno.test("GET before and after a place end where there is no more", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 5);
  const forms: [string, number[], string | null][] = [
    ["before=6", [4, 5], "4"],
    ["before=4", [2, 3], "2"],
    ["before=3", [1, 2], null],
    ["before=2", [1], null],
    ["before=1", [], null],
    ["before=99", [4, 5], "4"],
    ["after=0", [1, 2], "2"],
    ["after=2", [3, 4], "4"],
    ["after=3", [4, 5], null],
    ["after=5", [], null],
    ["after=99", [], null],
  ];
  for (const [form, places, nextCursor] of forms) {
    const { body } = await world.call(ann, "GET", `/conversation/${id}?limit=2&${form}`);
    const pagination = { limit: 2, hasMore: nextCursor !== null, nextCursor };
    assertEquals([seqs(body.messages), body.pagination], [places, pagination], form);
  }
});

Deno.test("GET around a place says whether there is more on either side", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 5);
  const forms: [string, number[], boolean, boolean][] = [
    ["around=3&limit=3", [2, 3, 4], true, true],
    ["around=3&limit=1", [3], true, true],
    ["around=3&limit=2", [2, 3], true, true],
    ["around=1&limit=3", [1, 2], false, true],
    ["around=5&limit=3", [4, 5], true, false],
    ["around=3&limit=5", [1, 2, 3, 4, 5], false, false],
    ["around=50&limit=3", [], true, false],
  ];
  for (const [form, places, hasMoreBefore, hasMoreAfter] of forms) {
    const { body } = await world.call(ann, "GET", `/conversation/${id}?${form}`);
    const pagination = { limit: Number(form.at(-1)), hasMoreBefore, hasMoreAfter };
    assertEquals([seqs(body.messages), body.pagination], [places, pagination], form);
  }
});

Deno.test("GET takes limits of 1 to 100, places that are whole, and one form at a time", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 1);
  const statusOf = async (query: string) =>
    (await world.call(ann, "GET", `/conversation/${id}?${query}`)).status;
  for (const right of ["limit=1", "limit=100", "page=9007199254740991", "after=0", "colour=red"]) {
    assertEquals(await statusOf(right), 200, right);
  }
  const wrong = [
    "limit=0",
    "limit=101",
    "limit=x",
    "page=0",
    "page=1.5",
    "before=0",
    "after=-1",
    "around=0",
    "after=1e99",
  ];
  for (const query of [...wrong, "before=1&after=1", "page=1&before=1", "around=1&after=1"]) {
    assertEquals(await statusOf(query), 400, query);
  }
});

Deno.test("GET shows nothing of what retention has stripped", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 5);
  await world.strip(id, 3);
  const get = async (query: string) =>
    (await world.call(ann, "GET", `/conversation/${id}?limit=2&${query}`)).body;
  const forms: [string, number[], object][] = [
    ["page=1", [4, 5], { page: 1, limit: 2, total: 3, pages: 2 }],
    ["page=2", [3], { page: 2, limit: 2, total: 3, pages: 2 }],
    ["before=4", [3], { limit: 2, hasMore: false, nextCursor: null }],
    ["before=3", [], { limit: 2, hasMore: false, nextCursor: null }],
    ["after=0", [3, 4], { limit: 2, hasMore: true, nextCursor: "4" }],
    ["around=1", [], { limit: 2, hasMoreBefore: false, hasMoreAfter: true }],
    ["around=3", [3], { limit: 2, hasMoreBefore: false, hasMoreAfter: true }],
  ];
  for (const [query, places, pagination] of forms) {
    const body = await get(query);
    assertEquals([seqs(body.messages), body.pagination], [places, pagination], query);
  }
  assertEquals((await world.call(ann, "GET", `/${id}-2`)).status, 404);
  assertEquals((await world.call(ann, "GET", `/${id}-3`)).status, 200);
});

/** What a page holds, found by looking at every place there is. */
function naive(places: readonly { seq: number; isDeleted: boolean }[], query: HistoryQuery): number[] {
  const { limit, page = 1, before, after, around } = query;
  const all = places.map(({ seq }) => seq);
  if (before !== undefined) return all.filter((seq) => seq < before).slice(-limit);
  if (after !== undefined) return all.filter((seq) => seq > after).slice(0, limit);
  if (around !== undefined) {
    const [least, most] = [around - Math.floor(limit / 2), around + Math.ceil(limit / 2)];
    return all.filter((seq) => seq >= least && seq < most);
  }
  const counted = [...places].reverse().slice((page - 1) * limit, page * limit).reverse();
  return counted.filter(({ isDeleted }) => !isDeleted).map(({ seq }) => seq);
}

Deno.test("readHistory() answers as a look at every place does, for any conversation and any question", async () => {
  const count = 12;
  const place = fc.integer({ min: 1, max: count + 3 });
  const limit = fc.integer({ min: 1, max: count + 2 });
  const query = fc.oneof(
    fc.record({ limit, page: fc.integer({ min: 1, max: count }) }),
    fc.record({ limit, before: place }),
    fc.record({ limit, after: fc.integer({ min: 0, max: count + 3 }) }),
    fc.record({ limit, around: place }),
  );
  await using world = await openWorld();
  const [ann, id] = await talk(world, count);
  let firstSeq = 1;
  const deleted = new Set<number>();
  for (const [from, gone] of [[1, []], [1, [2, 7, 12]], [4, [5, 6]], [count + 1, []]] as const) {
    for (const seq of gone) await remove(world.messages, ann, `${id}-${seq}`);
    gone.forEach((seq) => deleted.add(seq));
    if (from > firstSeq) await world.strip(id, firstSeq = from);
    const places = Array.from({ length: count }, (_, i) => ({ seq: i + 1, isDeleted: deleted.has(i + 1) }))
      .filter(({ seq }) => seq >= firstSeq);
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const { messages } = await readHistory(world.messages, ann, id, asked);
        assertEquals(seqs(messages), naive(places, asked));
      }),
      { numRuns: 60 },
    );
  }
});

Deno.test("following nextCursor either way shows each message once", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 11);
  for (const [form, start] of [["before", 12], ["after", 0]] as const) {
    const seen: number[] = [];
    let cursor: string | null = String(start);
    while (cursor !== null) {
      const { body } = await world.call(ann, "GET", `/conversation/${id}?limit=3&${form}=${cursor}`);
      seen.push(...seqs(body.messages));
      cursor = body.pagination.nextCursor;
    }
    assertEquals(seen.sort((a, b) => a - b), Array.from({ length: 11 }, (_, i) => i + 1));
  }
});

Deno.test("a cursor goes on from the page before, in the direction that is named beside it", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 6);
  const page = async (
    query: string,
  ) => (await world.call(ann, "GET", `/conversation/${id}?limit=2&${query}`));
  assertEquals(seqs((await page("before=7&cursor=5")).body.messages), [3, 4]);
  assertEquals(seqs((await page("after=0&cursor=2")).body.messages), [3, 4]);
  for (const query of ["cursor=3", "page=1&cursor=3", "around=3&cursor=3"]) {
    assertEquals((await page(query)).status, 400);
  }
});

Deno.test("readBy names those who have read as far, the sender left out", async () => {
  await using world = await openWorld();
  const [ann = "", bob = "", cat = ""] = ["ann", "bob", "cat"].map((name) => world.people.add(name));
  const conversationId = await world.group(ann, bob, cat);
  for (const text of ["1", "2", "3"]) await world.send(ann, conversationId, text);
  world.clock.pass(1_000);
  await markRead(world.messages, bob, { conversationId, seq: 2 });
  const { messages } = await readHistory(world.messages, cat, conversationId, { limit: 50 });
  const reader = { userId: bob, readAt: "2026-01-01T00:00:01.000Z" };
  assertEquals(messages.map(({ readBy }) => readBy), [[reader], [reader], []]);
  await world.send(bob, conversationId, "4");
  const later = await readHistory(world.messages, cat, conversationId, { limit: 2 });
  assertEquals(later.messages.map(({ readBy }) => readBy?.map(({ userId }) => userId)), [[bob], []]);
  await markRead(world.messages, ann, { conversationId, seq: 4 });
  const last = await readHistory(world.messages, cat, conversationId, { limit: 2 });
  assertEquals(last.messages.map(({ readBy }) => readBy?.map(({ userId }) => userId)), [[bob], [ann]]);
});

Deno.test("readBy is listed with 100 members, and with 101 only when one message is asked for", async () => {
  for (const [size, listed] of [[100, true], [101, false]] as const) {
    await using world = await openWorld();
    const [ann = "", bob = "", ...others] = Array.from(
      { length: size },
      (_, i) => world.people.add(`user_${i}`),
    );
    const conversationId = await world.group(ann, bob, ...others);
    const sent = await world.send(ann, conversationId, "x");
    await markRead(world.messages, bob, { conversationId, seq: 1 });
    const reader = { userId: bob, readAt: "2026-01-01T00:00:00.000Z" };
    const { messages } = await readHistory(world.messages, ann, conversationId, { limit: 50 });
    assertEquals([sent.readBy, messages[0]?.readBy], listed ? [[], [reader]] : [undefined, undefined]);
    assertEquals((await world.call(ann, "GET", `/${sent.id}`)).body.readBy, [reader]);
  }
});

Deno.test("history keeps the messages of a user who is no more, under a name that no one can have", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 1);
  const bob = world.people.add("bob");
  const conversationId = await world.group(ann, bob);
  await world.send(bob, conversationId, "x");
  world.people.remove(bob);
  const { body } = await world.call(ann, "GET", `/${conversationId}-1`);
  assertEquals(body.sender, { id: bob, username: "[deleted]", firstName: "", lastName: "", avatar: null });
  assertEquals((await world.call(ann, "GET", `/${id}-1`)).body.sender.username, "ann");
});

Deno.test("what is answered is what the schemas declare, and nothing of how a message is stored", async () => {
  await using world = await openWorld();
  const [ann, id] = await talk(world, 2);
  await world.send(ann, id, "answer", { replyTo: `${id}-1` });
  await world.system(ann, id);
  await remove(world.messages, ann, `${id}-2`);
  for (const query of ["page=1", "after=0", "around=2"]) {
    const { body } = await world.call(ann, "GET", `/conversation/${id}?${query}`);
    assertEquals(historyView.parse(body), body);
    for (const message of body.messages) assertEquals(messageView.strict().parse(message), message);
  }
});
