import { assertEquals } from "@std/assert";
import { conversations } from "../../src/order/records.ts";
import { joinConversation, leaveConversation } from "../../src/modules/conversations/members.ts";
import type { World } from "./conversations_support.ts";
import { openWorld } from "./conversations_support.ts";

interface Cast {
  readonly id: string;
  readonly admin: string;
  readonly mod: string;
  readonly member: string;
  readonly other: string;
  readonly outsider: string;
}

/** A group with someone of each role, and someone outside. */
async function cast(world: World, settings: object = {}): Promise<Cast> {
  const [admin, mod, member, other, outsider] = ["admin", "mod", "member", "other", "outsider"].map((name) =>
    world.people.add(name)
  ) as [string, string, string, string, string];
  const id = await world.group(admin, [mod, member, other], { settings });
  await world.call(admin, "PATCH", `/${id}/participants/${mod}`, { role: "moderator" });
  return { id, admin, mod, member, other, outsider };
}

Deno.test("add takes someone in, with a place in the stream", async () => {
  await using world = await openWorld();
  const { id, admin, outsider } = await cast(world);
  const before = (await world.call(admin, "GET", `/${id}`)).body;
  const added = await world.call(admin, "POST", `/${id}/participants`, { userId: outsider });
  assertEquals(added.status, 201);
  assertEquals(added.location, `/api/conversations/${id}/participants`);
  assertEquals([added.body.userId, added.body.role, added.body.user.username], [
    outsider,
    "member",
    "outsider",
  ]);
  const after = (await world.call(outsider, "GET", `/${id}`)).body;
  assertEquals([after.rev, after.seq, after.participantCount], [before.rev + 2, before.seq + 1, 5]);
  assertEquals([after.unread, after.lastReadSeq], [1, before.seq]);
  assertEquals((await world.systemMessages(id)).at(-1), {
    systemType: "user_joined",
    senderId: admin,
    userId: outsider,
    actorId: admin,
  });
  assertEquals((await world.call(admin, "GET", `/${id}`)).body.unread, 0);
});

Deno.test("add hints the newcomer before the message of their coming", async () => {
  await using world = await openWorld();
  const { id, admin, outsider } = await cast(world);
  world.hints.length = 0;
  await world.call(admin, "POST", `/${id}/participants`, { userId: outsider });
  const [hint] = world.hints;
  assertEquals(hint?.changes.map(({ event }) => event), ["conversation", "new_message"]);
  const [change] = hint?.changes ?? [];
  assertEquals(change?.event === "conversation" && change.members?.added.map(({ userId }) => userId), [
    outsider,
  ]);
});

Deno.test("add answers a present member as they are, and changes nothing", async () => {
  await using world = await openWorld();
  const { id, admin, mod } = await cast(world);
  world.people.refuse(mod, admin);
  const { rev } = (await world.call(admin, "GET", `/${id}`)).body;
  const again = await world.call(admin, "POST", `/${id}/participants`, { userId: mod, role: "admin" });
  assertEquals([again.status, again.body.role], [200, "moderator"]);
  assertEquals((await world.call(admin, "GET", `/${id}`)).body.rev, rev);
});

Deno.test("add is for admins and moderators, and for members where invites are allowed", async () => {
  await using world = await openWorld();
  for (const allowInvites of [false, true]) {
    const { id, admin, mod, member } = await cast(world, { allowInvites });
    const add = async (actorId: string, role?: string) => {
      const userId = world.people.add("new");
      return (await world.call(actorId, "POST", `/${id}/participants`, { userId, role })).status;
    };
    assertEquals(await add(admin), 201);
    assertEquals(await add(admin, "moderator"), 201);
    assertEquals(await add(admin, "admin"), 201);
    assertEquals(await add(mod), 201);
    assertEquals(await add(mod, "moderator"), 403);
    assertEquals(await add(member), allowInvites ? 201 : 403);
    assertEquals(await add(member, "moderator"), 403);
  }
});

Deno.test("add answers 404 for an unknown user and 403 for one who refuses", async () => {
  await using world = await openWorld();
  const { id, admin, outsider } = await cast(world);
  const add = async (userId: string) =>
    (await world.call(admin, "POST", `/${id}/participants`, { userId })).body.code;
  assertEquals(await add("nobody"), "not_found");
  world.people.refuse(outsider, admin);
  assertEquals(await add(outsider), "forbidden");
});

Deno.test("add of the same person by several at once adds them once", async () => {
  await using world = await openWorld();
  const { id, admin, mod, outsider } = await cast(world);
  const answers = await Promise.all(
    [admin, mod, admin, mod].map((actorId) =>
      world.call(actorId, "POST", `/${id}/participants`, { userId: outsider })
    ),
  );
  assertEquals(answers.map(({ status }) => status).toSorted(), [200, 200, 200, 201]);
  assertEquals((await world.call(admin, "GET", `/${id}`)).body.participantCount, 5);
});

Deno.test("join is for public groups; elsewhere it answers as if there were nothing", async () => {
  await using world = await openWorld();
  const { id, admin, member, outsider } = await cast(world);
  assertEquals((await world.call(outsider, "POST", `/${id}/join`)).status, 404);
  const { rev } = (await world.call(member, "POST", `/${id}/join`)).body;
  await world.call(admin, "PATCH", `/${id}`, { settings: { isPublic: true } });
  const joined = await world.call(outsider, "POST", `/${id}/join`);
  assertEquals([joined.status, joined.body.role, joined.body.unread], [200, "member", 0]);
  assertEquals(joined.body.rev, rev + 4);
  const again = await world.call(outsider, "POST", `/${id}/join`);
  assertEquals(again.body, joined.body);
});

Deno.test("join of a direct conversation is nothing for a third one", async () => {
  await using world = await openWorld();
  const { admin, mod, outsider } = await cast(world);
  const id = await world.direct(admin, mod);
  assertEquals((await world.call(outsider, "POST", `/${id}/join`)).status, 404);
  assertEquals((await world.call(mod, "POST", `/${id}/join`)).status, 200);
});

Deno.test("maxParticipants holds when 20 join into 5 free places at once, on two nodes", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann, [], { settings: { isPublic: true, maxParticipants: 6 } });
  const nodes = [world.deps, { ...world.deps, writer: world.anotherWriter("two") }];
  const joiners = Array.from({ length: 20 }, (_, index) => world.people.add(`u${index}`));
  const outcomes = await Promise.all(
    joiners.map((userId, index) =>
      joinConversation(nodes[index % 2] ?? world.deps, userId, id).then(() => "joined", ({ code }) => code)
    ),
  );
  assertEquals(outcomes.filter((outcome) => outcome === "joined").length, 5);
  assertEquals(outcomes.filter((outcome) => outcome === "conversation_full").length, 15);
  const { body } = await world.call(ann, "GET", `/${id}`);
  assertEquals([body.participantCount, body.participants.length], [6, 6]);
  assertEquals((await world.systemMessages(id)).length, 5);
  const late = world.people.add("late");
  assertEquals((await world.call(ann, "POST", `/${id}/participants`, { userId: late })).status, 409);
});

Deno.test("remove is for admins, and of plain members for moderators", async () => {
  await using world = await openWorld();
  const { id, admin, mod, member, other } = await cast(world);
  const second = world.people.add("second");
  await world.call(admin, "POST", `/${id}/participants`, { userId: second, role: "moderator" });
  const remove = async (actorId: string, userId: string) =>
    (await world.call(actorId, "DELETE", `/${id}/participants/${userId}`)).status;
  assertEquals(await remove(member, other), 403);
  assertEquals(await remove(mod, admin), 403);
  assertEquals(await remove(mod, second), 403);
  assertEquals(await remove(mod, other), 204);
  assertEquals(await remove(mod, other), 404);
  assertEquals(await remove(admin, second), 204);
  assertEquals(await remove(admin, mod), 204);
});

Deno.test("remove takes a rev of its own, the last that the removed user gets", async () => {
  await using world = await openWorld();
  const { id, admin, member } = await cast(world);
  const { rev } = (await world.call(admin, "GET", `/${id}`)).body;
  world.hints.length = 0;
  await world.call(admin, "DELETE", `/${id}/participants/${member}`);
  const changes = world.hints.flatMap((hint) => hint.changes);
  assertEquals(changes.map((change) => [change.rev, change.event]), [
    [rev + 1, "conversation"],
    [rev + 2, "new_message"],
  ]);
  const [removal] = changes;
  assertEquals(removal?.event === "conversation" && removal.members?.removed, [member]);
  assertEquals((await world.systemMessages(id)).at(-1), {
    systemType: "user_left",
    senderId: admin,
    userId: member,
    removedBy: admin,
  });
  assertEquals((await world.call(member, "GET", `/${id}`)).status, 404);
});

Deno.test("someone who comes back sees the whole history and has read nothing new", async () => {
  await using world = await openWorld();
  const { id, admin, member } = await cast(world);
  await world.send(admin, id, "before");
  await world.call(member, "POST", `/${id}/leave`);
  await world.send(admin, id, "meanwhile");
  world.clock.pass(5_000);
  const back = await world.call(admin, "POST", `/${id}/participants`, { userId: member });
  assertEquals([back.status, back.body.joinedAt], [201, "2026-01-01T00:00:05.000Z"]);
  const { body } = await world.call(member, "GET", `/${id}`);
  assertEquals([body.firstSeq, body.unread, body.participantCount], [1, 1, 4]);
  assertEquals(body.participants.at(-1).userId, member);
});

Deno.test("roles are given by admins alone", async () => {
  await using world = await openWorld();
  const { id, admin, mod, member, outsider } = await cast(world);
  const give = async (actorId: string, userId: string, role: string) =>
    (await world.call(actorId, "PATCH", `/${id}/participants/${userId}`, { role })).status;
  assertEquals(await give(mod, member, "moderator"), 403);
  assertEquals(await give(member, member, "admin"), 403);
  assertEquals(await give(admin, outsider, "admin"), 404);
  assertEquals(await give(admin, member, "owner"), 400);
  const changed = await world.call(admin, "PATCH", `/${id}/participants/${member}`, { role: "admin" });
  assertEquals([changed.status, changed.body.role], [200, "admin"]);
  assertEquals((await world.systemMessages(id)).at(-1), {
    systemType: "role_changed",
    senderId: admin,
    userId: member,
    role: "admin",
  });
  const { rev } = (await world.call(admin, "GET", `/${id}`)).body;
  assertEquals(await give(admin, member, "admin"), 200);
  assertEquals((await world.call(admin, "GET", `/${id}`)).body.rev, rev);
  assertEquals(await give(member, admin, "member"), 200);
  assertEquals((await world.roles(mod, id))[admin], "member");
});

Deno.test("the last admin keeps the role until there is another one", async () => {
  await using world = await openWorld();
  const { id, admin, mod } = await cast(world);
  const demote = () => world.call(admin, "PATCH", `/${id}/participants/${admin}`, { role: "member" });
  assertEquals((await demote()).body.code, "last_admin");
  await world.call(admin, "PATCH", `/${id}/participants/${mod}`, { role: "admin" });
  assertEquals((await demote()).body.role, "member");
});

Deno.test("of two admins who step down at once one stays", async () => {
  await using world = await openWorld();
  const { id, admin, mod } = await cast(world);
  await world.call(admin, "PATCH", `/${id}/participants/${mod}`, { role: "admin" });
  const statuses = await Promise.all(
    [admin, mod].map(async (userId) =>
      (await world.call(userId, "PATCH", `/${id}/participants/${userId}`, { role: "member" })).status
    ),
  );
  assertEquals(statuses.toSorted(), [200, 409]);
});

Deno.test("leave ends one's membership, and only that", async () => {
  await using world = await openWorld();
  const { id, admin, mod, member } = await cast(world);
  assertEquals((await world.call(member, "POST", `/${id}/leave`)).status, 204);
  assertEquals((await world.call(member, "POST", `/${id}/leave`)).status, 404);
  assertEquals((await world.call(mod, "DELETE", `/${id}/participants/${mod}`)).status, 204);
  assertEquals((await world.systemMessages(id)).slice(-2), [
    { systemType: "user_left", senderId: member, userId: member },
    { systemType: "user_left", senderId: mod, userId: mod },
  ]);
  assertEquals((await world.roles(admin, id))[admin], "admin");
});

Deno.test("the last admin who leaves hands over to the longest-standing member, in the same change", async () => {
  await using world = await openWorld();
  const [ann, zoe, bob] = ["ann", "zoe", "bob"].map((name) => world.people.add(name)) as [
    string,
    string,
    string,
  ];
  const id = await world.group(ann);
  for (const userId of [zoe, bob]) await world.call(ann, "POST", `/${id}/participants`, { userId });
  world.hints.length = 0;
  await world.call(ann, "POST", `/${id}/leave`);
  assertEquals(await world.roles(bob, id), { [zoe]: "admin", [bob]: "member" });
  const [change] = world.hints.flatMap((hint) => hint.changes);
  const members = change?.event === "conversation" ? change.members : undefined;
  assertEquals([members?.removed, members?.changed.map(({ userId }) => userId)], [[ann], [zoe]]);
  assertEquals((await world.systemMessages(id)).slice(-2), [
    { systemType: "user_left", senderId: ann, userId: ann },
    { systemType: "role_changed", senderId: ann, userId: zoe, role: "admin" },
  ]);
});

Deno.test("both admins who leave at once, on two nodes, leave an admin behind", async () => {
  await using world = await openWorld();
  for (let round = 0; round < 5; round++) {
    const { id, admin, mod, member, other } = await cast(world);
    await world.call(admin, "PATCH", `/${id}/participants/${mod}`, { role: "admin" });
    const two = world.anotherWriter("two");
    await Promise.all([
      leaveConversation(world.deps, admin, id),
      leaveConversation({ ...world.deps, writer: two }, mod, id),
    ]);
    const heir = [member, other].toSorted()[0] ?? "";
    const rest = member === heir ? other : member;
    assertEquals(await world.roles(member, id), { [heir]: "admin", [rest]: "member" });
    const [head] = await world.store.heads(conversations, [id]);
    assertEquals([head?.memberCount, head?.adminCount], [2, 1]);
  }
});

Deno.test("the last member who leaves ends the group", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob], { settings: { isPublic: true } });
  await Promise.all([ann, bob].map((userId) => world.call(userId, "POST", `/${id}/leave`)));
  const [head] = await world.store.heads(conversations, [id]);
  assertEquals([head?.memberCount, head?.publicName, head?.endedAt], [0, null, "2026-01-01T00:00:00.000Z"]);
  assertEquals((await world.call(ann, "POST", `/${id}/join`)).status, 404);
});

Deno.test("a direct conversation takes in nobody and lets nobody go", async () => {
  await using world = await openWorld();
  const { admin, mod, member } = await cast(world);
  const id = await world.direct(admin, mod);
  const calls = [
    world.call(admin, "POST", `/${id}/leave`),
    world.call(admin, "POST", `/${id}/participants`, { userId: member }),
    world.call(admin, "DELETE", `/${id}/participants/${mod}`),
    world.call(admin, "DELETE", `/${id}/participants/${admin}`),
    world.call(admin, "PATCH", `/${id}/participants/${admin}`, { role: "admin" }),
    world.call(admin, "PATCH", `/${id}`, { name: "Us" }),
  ];
  for (const { status, body } of await Promise.all(calls)) {
    assertEquals([status, body.code], [400, "not_a_group"]);
  }
});
