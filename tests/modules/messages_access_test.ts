import { assertEquals } from "@std/assert";
import { newId } from "../../src/kernel/ids.ts";
import { openWorld } from "./messages_support.ts";

/** Every route, for a message of a conversation. */
function routes(conversationId: string, messageId: string): [method: string, path: string, body?: object][] {
  return [
    ["GET", `/conversation/${conversationId}`],
    ["GET", `/conversation/${conversationId}?before=2`],
    ["POST", "", { conversationId, clientId: newId(), content: "x" }],
    ["GET", `/${messageId}`],
    ["PUT", `/${messageId}`, { content: "x" }],
    ["DELETE", `/${messageId}`],
    ["POST", `/${messageId}/reactions`, { emoji: "👍" }],
    ["PUT", `/${messageId}/pin`],
    ["DELETE", `/${messageId}/pin`],
    ["POST", "/mark-read", { conversationId, seq: 1 }],
    ["POST", "/mark-read", { conversationId, seq: 99 }],
    ["POST", "/mark-read", { conversationId, messageIds: [messageId] }],
  ];
}

Deno.test("every route answers a stranger, and a member removed a moment ago, as for an id that does not exist", async () => {
  await using world = await openWorld();
  const [ann = "", bob = "", eve = ""] = ["ann", "bob", "eve"].map((name) => world.people.add(name));
  const conversationId = await world.group(ann, bob);
  const { id } = await world.send(bob, conversationId, "x");
  await world.change(conversationId, bob, "none");
  const absent = newId();
  for (const caller of [eve, bob]) {
    const seen = routes(conversationId, id);
    const unseen = routes(absent, `${absent}-1`);
    for (const [i, [method, path, body]] of seen.entries()) {
      const { requestId: _, ...refused } = (await world.call(caller, method, path, body)).body;
      const [, otherPath = "", otherBody] = unseen[i] ?? [];
      const { requestId: __, ...missing } = (await world.call(caller, method, otherPath, otherBody)).body;
      assertEquals([refused.status, refused], [404, missing], `${method} ${path}`);
    }
  }
  assertEquals((await world.record(id)).isDeleted, false);
});

Deno.test("every route of one message answers 404 for places that are not taken and for what names no place", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  await world.send(ann, conversationId, "x");
  for (
    const id of [`${conversationId}-2`, `${conversationId}-0`, `${conversationId}-01`, conversationId, "x"]
  ) {
    for (const [method, path, body] of routes(conversationId, id)) {
      if (!path.includes(id) || path.startsWith("/conversation")) continue;
      assertEquals((await world.call(ann, method, path, body)).status, 404, `${method} ${path}`);
    }
  }
});

Deno.test("every route answers 404 in a conversation that has ended", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const { id } = await world.send(ann, conversationId, "x");
  await world.messages.writer.write(conversationId, {
    plan: (draft) => draft.changeConversation({ endedAt: draft.now }),
  });
  for (const [method, path, body] of routes(conversationId, id)) {
    assertEquals((await world.call(ann, method, path, body)).status, 404, `${method} ${path}`);
  }
});

Deno.test("every route answers 401 without a token", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const { id } = await world.send(ann, conversationId, "x");
  for (const [method, path, body] of routes(conversationId, id)) {
    const { status, body: { code } } = await world.call("", method, path, body);
    assertEquals([status, code], [401, "unauthenticated"], `${method} ${path}`);
  }
});

Deno.test("routes with a body answer 400 or 413 for what they cannot read, never 500", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const { id } = await world.send(ann, conversationId, "x");
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const bodies: [string, number][] = [
    ["{", 400],
    ["", 400],
    ["null", 400],
    ["[]", 400],
    ['"x"', 400],
    [deep, 400],
    [`{"content":${deep}}`, 400],
    [`{"content":"${"x".repeat(1_000_000)}"}`, 413],
  ];
  for (
    const [method, path] of [["POST", ""], ["PUT", `/${id}`], ["POST", `/${id}/reactions`], [
      "POST",
      "/mark-read",
    ]]
  ) {
    for (const [body, status] of bodies) {
      const answered = await world.call(ann, method ?? "", path ?? "", body);
      assertEquals(answered.status, status, `${method} ${path} ${body.slice(0, 20)}`);
    }
  }
});

Deno.test("someone who has come back sees and does everything again", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const conversationId = await world.group(ann, bob);
  const { id } = await world.send(bob, conversationId, "x");
  await world.change(conversationId, bob, "none");
  await world.messages.writer.write(conversationId, {
    participants: [bob],
    plan: (draft) => draft.changeMembers({ add: [{ userId: bob, role: "member" }] }),
  });
  assertEquals((await world.call(bob, "GET", `/${id}`)).status, 200);
  assertEquals((await world.call(bob, "PUT", `/${id}`, { content: "y" })).body.data.content.text, "y");
});
