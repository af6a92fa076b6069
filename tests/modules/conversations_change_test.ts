import { assertEquals } from "@std/assert";
import { conversations, participantId, participants } from "../../src/order/records.ts";
import { openWorld } from "./conversations_support.ts";

Deno.test("patch changes name, description and settings as one change, each with a place in the stream", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [], { name: "Old" });
  world.clock.pass(1_000);
  const body = { name: "New", description: "All of it", settings: { isPublic: true, messageRetention: 7 } };
  const { status, body: changed } = await world.call(ann, "PATCH", `/${id}`, body);
  assertEquals(status, 200);
  assertEquals([changed.name, changed.description, changed.rev, changed.seq], ["New", "All of it", 4, 3]);
  assertEquals(changed.settings, {
    isPublic: true,
    allowInvites: false,
    maxParticipants: 100,
    messageRetention: 7,
  });
  assertEquals(changed.updatedAt, "2026-01-01T00:00:01.000Z");
  assertEquals(await world.systemMessages(id), [
    { systemType: "name_changed", senderId: ann, name: "New" },
    { systemType: "description_changed", senderId: ann, description: "All of it" },
    { systemType: "settings_changed", senderId: ann, settings: { isPublic: true, messageRetention: 7 } },
  ]);
  const [head] = await world.store.heads(conversations, [id]);
  assertEquals([head?.publicName, head?.retentionDays, head?.infoRev], ["new", 7, 1]);
});

Deno.test("a system message moves the mark of who caused it only when they had read all before it", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob], { name: "Old" });
  const first = (await world.call(ann, "PATCH", `/${id}`, { name: "New" })).body;
  assertEquals([first.seq, first.lastReadSeq, first.unread], [1, 1, 0]);
  await world.call(ann, "PATCH", `/${id}/participants/${bob}`, { role: "admin" });
  const second = (await world.call(bob, "PATCH", `/${id}`, { name: "Newer" })).body;
  assertEquals([second.seq, second.lastReadSeq, second.unread], [3, 0, 3]);
});

Deno.test("who joins stands at the head, and has read what came before and that they joined", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [], { name: "Open", settings: { isPublic: true } });
  await world.call(ann, "PATCH", `/${id}`, { name: "Opener" });
  const { body } = await world.call(bob, "POST", `/${id}/join`);
  assertEquals([body.seq, body.lastReadSeq, body.unread], [2, 2, 0]);
});

Deno.test("patch that changes nothing takes no rev", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [], { name: "Same", description: "as ever" });
  for (
    const body of [{}, { name: "Same" }, { settings: {} }, {
      description: "as ever",
      settings: { isPublic: false },
    }]
  ) {
    const answer = await world.call(ann, "PATCH", `/${id}`, body);
    assertEquals([answer.status, answer.body.rev, answer.body.seq], [200, 0, 0]);
  }
  assertEquals(world.hints, []);
});

Deno.test("patch leaves alone what it does not name, and clears what it names null", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [], { name: "Name", description: "Text", settings: { isPublic: true } });
  const cleared = await world.call(ann, "PATCH", `/${id}`, { description: null });
  assertEquals([cleared.body.name, cleared.body.description, cleared.body.settings.isPublic], [
    "Name",
    null,
    true,
  ]);
  const closed = await world.call(ann, "PATCH", `/${id}`, { settings: { isPublic: false } });
  assertEquals([closed.body.name, closed.body.settings.isPublic], ["Name", false]);
  assertEquals((await world.call(ann, "GET", "/public?query=name")).body.conversations, []);
});

Deno.test("patch lets moderators change name and description, members nothing", async () => {
  await using world = await openWorld();
  const [ann, bob, cid] = ["ann", "bob", "cid"].map((name) => world.people.add(name)) as [
    string,
    string,
    string,
  ];
  const id = await world.group(ann, [bob, cid]);
  await world.call(ann, "PATCH", `/${id}/participants/${bob}`, { role: "moderator" });
  const patch = async (userId: string, body: object) =>
    (await world.call(userId, "PATCH", `/${id}`, body)).status;
  assertEquals(await patch(bob, { name: "Bob's" }), 200);
  assertEquals(await patch(bob, { description: "by Bob" }), 200);
  assertEquals(await patch(bob, { settings: { isPublic: true } }), 403);
  assertEquals(await patch(bob, { name: "Again", settings: { allowInvites: true } }), 403);
  assertEquals(await patch(cid, { name: "Cid's" }), 403);
  assertEquals(await patch(cid, {}), 403);
  const { body } = await world.call(cid, "GET", `/${id}`);
  assertEquals([body.name, body.settings.isPublic], ["Bob's", false]);
});

Deno.test("patch refuses fewer places than there are members", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [world.people.add("bob"), world.people.add("cid")]);
  const resize = (maxParticipants: number) =>
    world.call(ann, "PATCH", `/${id}`, { settings: { maxParticipants } });
  const refused = await resize(2);
  assertEquals([refused.status, refused.body.errors[0].field], [400, "settings.maxParticipants"]);
  assertEquals((await resize(3)).body.settings.maxParticipants, 3);
  assertEquals((await resize(10_001)).status, 400);
  assertEquals((await resize(10_000)).status, 200);
});

Deno.test("delete of a group by an admin ends it for all", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob], { settings: { isPublic: true, messageRetention: 1 } });
  assertEquals((await world.call(bob, "DELETE", `/${id}`)).status, 403);
  assertEquals((await world.call(ann, "DELETE", `/${id}`)).status, 204);
  for (const userId of [ann, bob]) {
    assertEquals((await world.call(userId, "GET", `/${id}`)).status, 404);
    assertEquals((await world.call(userId, "POST", `/${id}/join`)).status, 404);
  }
  assertEquals((await world.call(ann, "DELETE", `/${id}`)).status, 404);
  const hint = world.hints.at(-1);
  assertEquals([hint?.head.endedAt, hint?.changes.length], ["2026-01-01T00:00:00.000Z", 1]);
  assertEquals([hint?.head.publicName, hint?.head.retentionDays], [null, 0]);
});

Deno.test("delete of a direct conversation hides it for the caller until the next message", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.direct(ann, bob);
  await world.send(bob, id, "hello");
  const listed = async (userId: string) => (await world.call(userId, "GET", "")).body.conversations.length;
  assertEquals((await world.call(ann, "DELETE", `/${id}`)).status, 204);
  assertEquals([await listed(ann), await listed(bob)], [0, 1]);
  assertEquals((await world.call(ann, "GET", `/${id}`)).status, 200);
  await world.send(bob, id, "still there?");
  assertEquals([await listed(ann), await listed(bob)], [1, 1]);
  assertEquals((await world.call(ann, "GET", "")).body.conversations[0].firstSeq, 1);
});

Deno.test("delete of a direct conversation without a message hides it too, and tells the caller's connections", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.direct(ann, bob);
  world.published.length = 0;
  await world.call(ann, "DELETE", `/${conversationId}`);
  assertEquals(world.published, [{ topic: `u:${ann}`, kind: "hidden", conversationId, rev: 0 }]);
  assertEquals((await world.call(ann, "GET", "")).body.conversations, []);
});

Deno.test("notifications are one's own, and what is left out stays", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob]);
  const put = (body: object) => world.call(ann, "PUT", `/${id}/notifications`, body);
  const muteUntil = "2026-02-01T10:00:00.000Z";
  assertEquals((await put({ muteUntil: "2026-02-01T12:00:00+02:00" })).body, { enabled: true, muteUntil });
  assertEquals((await put({ enabled: false })).body, { enabled: false, muteUntil });
  assertEquals((await put({ muteUntil: null })).body, { enabled: false, muteUntil: null });
  assertEquals((await put({ muteUntil: "tomorrow" })).status, 400);
  assertEquals((await put({ enabled: "no" })).status, 400);
  const own = async (userId: string) =>
    (await world.call(userId, "GET", `/${id}`)).body.notifications.enabled;
  assertEquals([await own(ann), await own(bob)], [false, true]);
});

Deno.test("notifications take no rev and survive the member's next message", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  await world.send(ann, id, "one");
  await world.call(ann, "PUT", `/${id}/notifications`, { enabled: false });
  await world.send(ann, id, "two");
  const { body } = await world.call(ann, "GET", `/${id}`);
  assertEquals([body.rev, body.unread, body.notifications.enabled], [2, 0, false]);
  const stored = await world.store.get(participants, participantId(id, ann));
  assertEquals(stored?.sentCount, 2);
});
