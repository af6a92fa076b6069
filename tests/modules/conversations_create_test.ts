import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { createConversation } from "../../src/modules/conversations/create.ts";
import { isJoined } from "../../src/order/changes.ts";
import { readMembers } from "../../src/order/reader.ts";
import { conversations } from "../../src/order/records.ts";
import type { Message } from "../../src/order/records.ts";
import type { Bus } from "../../src/ports/bus.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Store } from "../../src/ports/store.ts";
import { openWorld } from "./conversations_support.ts";

Deno.test("create answers a group with its maker as admin and everyone in it", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const body = { type: "group", name: "Tea", description: "Green", participants: [bob, bob, ann] };
  const made = await world.call(ann, "POST", "", body);
  const { id, participants, ...rest } = made.body;
  assertEquals(made.status, 201);
  assertEquals(made.location, `/api/conversations/${id}`);
  assertEquals(rest, {
    type: "group",
    name: "Tea",
    description: "Green",
    settings: { isPublic: false, allowInvites: false, maxParticipants: 100, messageRetention: 0 },
    lastMessage: null,
    rev: 0,
    seq: 0,
    firstSeq: 1,
    participantCount: 2,
    role: "admin",
    lastReadSeq: 0,
    unread: 0,
    notifications: { enabled: true, muteUntil: null },
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
  });
  assertEquals(
    participants,
    [ann, bob].map((userId, index) => ({
      userId,
      user: {
        id: userId,
        username: index ? "bob" : "ann",
        firstName: index ? "bob" : "ann",
        lastName: "T",
        avatar: null,
      },
      role: index ? "member" : "admin",
      joinedAt: "2026-01-01T00:00:00.000Z",
      lastReadSeq: 0,
      lastReadAt: null,
      lastDeliveredSeq: 0,
    })),
  );
});

Deno.test("create makes no message, so that the first one sent has seq 1", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  assertEquals((await world.send(ann, id, "hello")).seq, 1);
});

Deno.test("create tells every founding member on their own topic", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, [bob]);
  assertEquals(
    world.published,
    [ann, bob].map((userId) => ({
      topic: `u:${userId}`,
      kind: "joined",
      conversationId,
      rev: 0,
    })),
  );
});

Deno.test("create takes retention from the configuration unless it is named", async () => {
  await using world = await openWorld(30);
  const ann = world.people.add("ann");
  const retentionOf = async (settings?: object) =>
    (await world.call(ann, "POST", "", { type: "group", settings })).body.settings.messageRetention;
  assertEquals(await retentionOf(), 30);
  assertEquals(await retentionOf({ isPublic: true }), 30);
  assertEquals(await retentionOf({ messageRetention: 0 }), 0);
});

Deno.test("create takes in 250 founders, more than fit into one commit", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const others = Array.from({ length: 249 }, (_, index) => world.people.add(`u${index}`));
  const id = await world.group(ann, others);
  const { body } = await world.call(ann, "GET", `/${id}`);
  assertEquals([body.participantCount, body.settings.maxParticipants, body.seq], [250, 250, 0]);
  assertEquals(body.participants.length, 100);
  const [head] = await world.store.heads(conversations, [id]);
  assert(head);
  const members = await readMembers(world.store, head, 1_000);
  assertEquals(members.map(({ userId }) => userId).sort(), [ann, ...others].sort());
  const last = others.at(-1) ?? "";
  assertEquals((await world.call(last, "GET", `/${id}`)).body.role, "member");
});

Deno.test("create takes in 250 founders though the first of them speak at once", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const participants = Array.from({ length: 249 }, (_, index) => world.people.add(`u${index}`));
  const said: Promise<Message>[] = [];
  const bus: Bus = {
    ...world.deps.bus,
    publish(topic, message) {
      // Each message writes two records: one more, and the batch would be full.
      if (!isJoined(message) || said.length === 31) return;
      said.push(world.send(topic.slice("u:".length), message.conversationId, "Here!"));
    },
  };
  const input = { type: "group" as const, participants, settings: {} };
  const { id } = await createConversation({ ...world.deps, bus }, ann, input);
  assertEquals((await Promise.all(said)).map(({ seq }) => seq), said.map((_, index) => index + 1));
  assertEquals((await world.call(ann, "GET", `/${id}`)).body.participantCount, 250);
});

Deno.test("create refuses more founders than maxParticipants", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const participants = Array.from({ length: 3 }, (_, index) => world.people.add(`u${index}`));
  const create = (maxParticipants: number) =>
    world.call(ann, "POST", "", { type: "group", participants, settings: { maxParticipants } });
  assertEquals((await create(3)).body.code, "conversation_full");
  assertEquals((await create(4)).status, 201);
});

Deno.test("create answers 404 for an unknown user and 403 for one who refuses", async () => {
  await using world = await openWorld();
  const [ann, bob, cid] = [world.people.add("ann"), world.people.add("bob"), world.people.add("cid")];
  world.people.refuse(bob, ann);
  for (const type of ["group", "direct"]) {
    const create = async (...participants: string[]) =>
      (await world.call(ann, "POST", "", { type, participants })).body.code;
    assertEquals(await create("nobody"), "not_found");
    assertEquals(await create(bob), "forbidden");
    assertEquals(await create(cid), undefined);
  }
  const listed = await world.call(bob, "GET", "");
  assertEquals(listed.body.conversations, []);
});

Deno.test("a direct conversation is one per pair, whoever makes it", async () => {
  await using world = await openWorld();
  const [ann, bob, cid] = [world.people.add("ann"), world.people.add("bob"), world.people.add("cid")];
  const first = await world.call(ann, "POST", "", { type: "direct", name: "ignored", participants: [bob] });
  const second = await world.call(bob, "POST", "", { type: "direct", participants: [ann] });
  const other = await world.call(ann, "POST", "", { type: "direct", participants: [cid] });
  assertEquals([first.status, second.status, other.status], [201, 200, 201]);
  assertEquals(second.body.id, first.body.id);
  assertNotEquals(other.body.id, first.body.id);
  assertMatch(first.body.id, /^[0-9A-Za-z]{26,64}$/);
  assertEquals(first.body.name, null);
  assertEquals(first.body.role, "member");
  assertEquals(first.body.participants.map((member: { userId: string }) => member.userId), [ann, bob].sort());
});

Deno.test("a direct conversation that both make at once is made once", async () => {
  await using world = await openWorld();
  for (let round = 0; round < 10; round++) {
    const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
    const answers = await Promise.all([
      world.call(ann, "POST", "", { type: "direct", participants: [bob] }),
      world.call(bob, "POST", "", { type: "direct", participants: [ann] }),
      world.call(ann, "POST", "", { type: "direct", participants: [bob] }),
    ]);
    assertEquals(answers.map(({ status }) => status).sort(), [200, 200, 201]);
    assertEquals(new Set(answers.map(({ body }) => body.id)).size, 1);
    assertEquals((await world.call(ann, "GET", "")).body.conversations.length, 1);
  }
});

Deno.test("a direct conversation whose first attempt got no answer is found by the next one", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const silent = new Proxy(world.store, {
    get(store, name) {
      const member = Reflect.get(store, name);
      if (name !== "create") return typeof member === "function" ? member.bind(store) : member;
      return async (...args: Parameters<Store["create"]>) => {
        await store.create(...args);
        throw new StoreUnavailable("no answer");
      };
    },
  });
  const input = { type: "direct" as const, participants: [bob], settings: {} };
  await assertRejects(
    () => createConversation({ ...world.deps, store: silent }, ann, input),
    StoreUnavailable,
  );
  const again = await world.call(bob, "POST", "", { type: "direct", participants: [ann] });
  assertEquals([again.status, again.body.participantCount], [200, 2]);
  assertEquals((await world.call(ann, "GET", "")).body.conversations.length, 1);
});

Deno.test("the first direct conversation is answered also when the other refuses new ones by now", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.direct(ann, bob);
  world.people.refuse(bob, ann);
  const again = await world.call(ann, "POST", "", { type: "direct", participants: [bob] });
  assertEquals([again.status, again.body.id], [200, id]);
});

Deno.test("a direct conversation wants exactly one other user", async () => {
  await using world = await openWorld();
  const [ann, bob, cid] = [world.people.add("ann"), world.people.add("bob"), world.people.add("cid")];
  for (const participants of [[], [ann], [bob, cid]]) {
    const { status, body } = await world.call(ann, "POST", "", { type: "direct", participants });
    assertEquals([status, body.errors[0].field], [400, "participants"]);
  }
  assertEquals(
    (await world.call(ann, "POST", "", { type: "direct", participants: [ann, bob, bob] })).status,
    201,
  );
});

const face = "\u{1F600}";
const cases: readonly [field: string, body: object, status: number][] = [
  ["type", {}, 400],
  ["type", { type: "channel" }, 400],
  ["name", { type: "group", name: "" }, 400],
  ["name", { type: "group", name: " \u3000" }, 400],
  ["name", { type: "group", name: "a" }, 201],
  ["name", { type: "group", name: face.repeat(100) }, 201],
  ["name", { type: "group", name: face.repeat(101) }, 400],
  ["name", { type: "group", name: "a\u0000b" }, 400],
  ["name", { type: "group", name: "a\nb" }, 400],
  ["name", { type: "group", name: "a\u0085b" }, 400],
  ["name", { type: "group", name: "\ud800" }, 400],
  ["name", { type: "group", name: 7 }, 400],
  ["name", { type: "group", name: null }, 201],
  ["description", { type: "group", description: `one\n${"x".repeat(496)}` }, 201],
  ["description", { type: "group", description: "x".repeat(501) }, 400],
  ["description", { type: "group", description: "\u0000" }, 400],
  ["participants", { type: "group", participants: "ann" }, 400],
  ["participants.0", { type: "group", participants: [{ $gt: "" }] }, 400],
  ["settings", { type: "group", settings: [] }, 400],
  ["settings.isPublic", { type: "group", settings: { isPublic: "yes" } }, 400],
  ["settings.maxParticipants", { type: "group", settings: { maxParticipants: 1 } }, 400],
  ["settings.maxParticipants", { type: "group", settings: { maxParticipants: 2 } }, 201],
  ["settings.maxParticipants", { type: "group", settings: { maxParticipants: 10_000 } }, 201],
  ["settings.maxParticipants", { type: "group", settings: { maxParticipants: 10_001 } }, 400],
  ["settings.messageRetention", { type: "group", settings: { messageRetention: -1 } }, 400],
  ["settings.messageRetention", { type: "group", settings: { messageRetention: 0.5 } }, 400],
  ["settings.messageRetention", { type: "group", settings: { messageRetention: 36_500 } }, 201],
  ["settings.messageRetention", { type: "group", settings: { messageRetention: 36_501 } }, 400],
];

Deno.test("create holds to the limits of every field", async (test) => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  for (const [field, body, status] of cases) {
    await test.step(`${JSON.stringify(body).slice(0, 70)} answers ${status}`, async () => {
      const answer = await world.call(ann, "POST", "", body);
      assertEquals(answer.status, status);
      if (status === 400) {
        assertEquals(answer.body.errors.map((error: { field: string }) => error.field), [field]);
      }
    });
  }
});

Deno.test("create keeps text as it was sent and drops what it does not know", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const name = " दोस्त 👩‍👩‍👧 <b>&amp; ";
  const { body } = await world.call(ann, "POST", "", { type: "group", name, seq: 9, role: "member" });
  assertEquals([body.name, body.seq, body.role], [name, 0, "admin"]);
});
