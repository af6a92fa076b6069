import { assertEquals } from "@std/assert";
import { ConversationViews } from "../../src/modules/conversations/view.ts";
import { BLANK } from "../../src/order/records.ts";
import { readMembership } from "../../src/order/reader.ts";
import type { Answered } from "../support/module_stage.ts";
import type { World } from "./conversations_support.ts";
import { openWorld } from "./conversations_support.ts";

/** Follows `nextCursor` from page to page; answers what each page held. */
async function pages(world: World, userId: string, path: string, list: string): Promise<string[][]> {
  const seen: string[][] = [];
  for (let cursor = "";;) {
    const { body }: Answered = await world.call(userId, "GET", `${path}${cursor && `&cursor=${cursor}`}`);
    seen.push(body[list].map((row: { id?: string; userId?: string }) => row.id ?? row.userId));
    assertEquals(body.pagination.hasMore, body.pagination.nextCursor !== null);
    if (!body.pagination.hasMore) return seen;
    cursor = body.pagination.nextCursor;
  }
}

Deno.test("list answers the latest activity first, with the last message and what is unread", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const first = await world.group(ann, [bob]);
  world.clock.pass(1_000);
  const second = await world.direct(ann, bob);
  world.clock.pass(1_000);
  await world.send(bob, first, "one");
  await world.send(bob, first, "two");
  const { status, body } = await world.call(ann, "GET", "");
  assertEquals(status, 200);
  assertEquals(body.pagination, { limit: 20, hasMore: false, nextCursor: null });
  assertEquals(
    body.conversations.map(({ id, seq, rev, unread, lastMessage }: Record<string, unknown>) => {
      return { id, seq, rev, unread, lastMessage };
    }),
    [
      {
        id: first,
        seq: 2,
        rev: 2,
        unread: 2,
        lastMessage: {
          content: "two",
          senderId: bob,
          sentAt: "2026-01-01T00:00:02.000Z",
          type: "text",
        },
      },
      { id: second, seq: 0, rev: 0, unread: 0, lastMessage: null },
    ],
  );
  assertEquals((await world.call(bob, "GET", "")).body.conversations[0].unread, 0);
});

Deno.test("list shows both participants of direct conversations alone", async () => {
  await using world = await openWorld();
  const [ann, bob, cid] = ["ann", "bob", "cid"].map((name) => world.people.add(name)) as [
    string,
    string,
    string,
  ];
  await world.direct(ann, bob);
  await world.direct(cid, ann);
  await world.group(ann, [bob]);
  world.people.remove(cid);
  const { body } = await world.call(ann, "GET", "");
  const shown = body.conversations.map((row: { participants?: { user: { username: string } }[] }) =>
    row.participants?.map(({ user }) => user.username)
  );
  assertEquals(new Set(shown.map(String)), new Set(["ann,bob", "ann,[deleted]", "undefined"]));
});

Deno.test("list goes through 45 conversations in pages without losing or doubling one", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const made: string[] = [];
  for (let index = 0; index < 45; index++) {
    // Three at a time share a moment, so that the id decides between them.
    if (index % 3 === 0) world.clock.pass(10);
    made.push(await world.group(ann));
  }
  const found = await pages(world, ann, "?limit=20", "conversations");
  assertEquals(found.map((page) => page.length), [20, 20, 5]);
  assertEquals(found.flat().toSorted(), made.toSorted());
  assertEquals(found.flat()[0], made.slice(-3).sort()[0]);
});

Deno.test("list leaves out what the user has left and what has ended", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const left = await world.group(ann, [bob]);
  const ended = await world.group(ann, [bob]);
  await world.call(bob, "POST", `/${left}/leave`);
  await world.call(ann, "DELETE", `/${ended}`);
  assertEquals((await world.call(bob, "GET", "")).body.conversations, []);
  assertEquals((await pages(world, ann, "?limit=20", "conversations")).flat(), [left]);
});

Deno.test("the last message of a list is blank once it is deleted", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const sent = await world.send(ann, id, "secret");
  await world.deps.writer.write(id, {
    messages: [sent.id],
    plan: (draft) => void draft.changeMessage(sent, "message_deleted", { ...BLANK, isDeleted: true }),
  });
  const { lastMessage } = (await world.call(ann, "GET", `/${id}`)).body;
  assertEquals([lastMessage.content, lastMessage.type], ["", "text"]);
  assertEquals(lastMessage.senderId, ann);
});

Deno.test("get answers up to 100 participants, and one's own notifications alone", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const others = Array.from({ length: 100 }, (_, index) => world.people.add(`u${index}`));
  const id = await world.group(ann, others);
  const { body } = await world.call(ann, "GET", `/${id}`);
  assertEquals([body.participants.length, body.participantCount], [100, 101]);
  assertEquals(body.participants.some((member: object) => "notifications" in member), false);
});

Deno.test("participants come in pages, 250 who joined together and later", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const together = Array.from({ length: 199 }, (_, index) => world.people.add(`u${index}`));
  const id = await world.group(ann, together, { settings: { isPublic: true, maxParticipants: 300 } });
  const later: string[] = [];
  for (let index = 0; index < 50; index++) {
    const userId = world.people.add(`l${index}`);
    await world.call(userId, "POST", `/${id}/join`);
    later.push(userId);
  }
  for (const limit of [100, 60, 7]) {
    const found = await pages(world, ann, `/${id}/participants?limit=${limit}`, "participants");
    assertEquals(found.length, Math.ceil(250 / limit));
    assertEquals(found.flat().slice(0, 200).toSorted(), [ann, ...together].toSorted());
    assertEquals(found.flat().slice(200), later);
  }
});

Deno.test("public groups are found by how their name begins, whatever its case", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const settings = { isPublic: true };
  const tea = await world.group(ann, [], { name: "Tea", settings });
  const team = await world.group(ann, [], { name: "TEAM", settings });
  const hindi = await world.group(ann, [], { name: "दोस्त", settings });
  const smile = await world.group(ann, [], { name: "😀", settings });
  const nameless = await world.group(ann, [], { name: null, settings });
  await world.group(ann, [], { name: "Tea in private" });
  const ended = await world.group(ann, [], { name: "Tea that is over", settings });
  await world.call(ann, "DELETE", `/${ended}`);
  const search = async (query: string, limit = 20) =>
    (await pages(world, bob, `/public?limit=${limit}&query=${encodeURIComponent(query)}`, "conversations"))
      .flat();
  assertEquals(await search("tE"), [tea, team]);
  assertEquals(await search("tE", 1), [tea, team]);
  assertEquals(await search("team"), [team]);
  assertEquals(await search("दो"), [hindi]);
  assertEquals(await search("😀"), [smile]);
  assertEquals(await search("\u{10ffff}"), []);
  assertEquals(await search("%"), []);
  assertEquals(await search(""), [nameless, tea, team, hindi, smile]);
  assertEquals(await search("", 2), [nameless, tea, team, hindi, smile]);
});

Deno.test("public groups of one name come in pages too", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const made: string[] = [];
  for (let index = 0; index < 7; index++) {
    made.push(await world.group(ann, [], { name: "Same", settings: { isPublic: true } }));
  }
  const found = await pages(world, ann, "/public?limit=3&query=same", "conversations");
  assertEquals(found.map((page) => page.length), [3, 3, 1]);
  assertEquals(found.flat(), made.toSorted());
});

Deno.test("public groups show nothing of what is said in them", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [], { name: "Tea", settings: { isPublic: true } });
  await world.send(ann, id, "secret");
  const { body } = await world.call(bob, "GET", "/public?query=tea");
  assertEquals(body.conversations, [{
    id,
    type: "group",
    name: "Tea",
    description: null,
    settings: { isPublic: true, allowInvites: false, maxParticipants: 100, messageRetention: 0 },
    participantCount: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
  }]);
});

Deno.test("lists refuse limits and cursors that are none", async (test) => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const foreign = btoa(JSON.stringify(["a", "b", "c"]));
  for (const list of ["", "/public", `/${id}/participants`]) {
    for (const query of ["limit=0", "limit=101", "limit=1.5", "limit=x", "cursor=%20", `cursor=${foreign}`]) {
      await test.step(`GET ${list && "…"}${list.replace(id, ":id")}?${query}`, async () => {
        const { status, body } = await world.call(ann, "GET", `${list}?${query}`);
        assertEquals([status, body.errors[0].field], [400, query.split("=")[0]]);
      });
    }
    assertEquals((await world.call(ann, "GET", `${list}?limit=1`)).status, 200);
    assertEquals((await world.call(ann, "GET", `${list}?limit=100`)).status, 200);
  }
});

Deno.test("lists refuse a cursor that spells what no text is", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  for (
    const [list, place] of [["", '["\\ud800","x"]'], ["/public", '["x","\\ud800"]'], [
      `/${id}/participants`,
      '[1,"\\ud800"]',
    ]]
  ) {
    const { status, body } = await world.call(ann, "GET", `${list}?cursor=${btoa(place ?? "")}`);
    assertEquals([status, body.errors?.[0].field], [400, "cursor"], list);
  }
});

Deno.test("showConversations() shows many conversations with two queries and one look at the users", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const ids: string[] = [];
  for (let index = 0; index < 12; index++) {
    const userId = world.people.add(`u${index}`);
    ids.push(await world.group(ann, [bob]), await world.direct(ann, userId));
    await world.send(bob, ids.at(-2) ?? "", `group ${index}`);
    await world.send(userId, ids.at(-1) ?? "", `direct ${index}`);
  }
  const memberships = await Promise.all(ids.map((id) => readMembership(world.store, id, ann)));
  const asked: string[] = [];
  const counting = new Proxy(world.store, {
    get(store, name) {
      asked.push(String(name));
      const member = Reflect.get(store, name);
      return typeof member === "function" ? member.bind(store) : member;
    },
  });
  const people = {
    cards(userIds: readonly string[]) {
      asked.push("cards");
      return world.people.cards(userIds);
    },
  };
  const views = await new ConversationViews(counting, people).showConversations(memberships);
  assertEquals(asked.toSorted(), ["cards", "find", "find"]);
  assertEquals(views.map(({ id }) => id), ids);
  assertEquals(
    views.map(({ lastMessage }) => lastMessage?.content),
    Array.from({ length: 12 }, (_, index) => [`group ${index}`, `direct ${index}`]).flat(),
  );
  assertEquals(views.every(({ unread }) => unread === 1), true);
});
