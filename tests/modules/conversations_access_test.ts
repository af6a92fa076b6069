import { assertEquals } from "@std/assert";
import { openWorld } from "./conversations_support.ts";

/** Every route on one conversation; `:id` and `:member` are filled in. */
const ROUTES: readonly [method: string, path: string, body?: object][] = [
  ["GET", "/:id"],
  ["PATCH", "/:id", { name: "Mine" }],
  ["DELETE", "/:id"],
  ["POST", "/:id/join"],
  ["POST", "/:id/leave"],
  ["GET", "/:id/participants"],
  ["POST", "/:id/participants", { userId: ":member" }],
  ["PATCH", "/:id/participants/:member", { role: "admin" }],
  ["DELETE", "/:id/participants/:member"],
  ["PUT", "/:id/notifications", { enabled: false }],
];

const LISTS: readonly [method: string, path: string, body?: object][] = [
  ["GET", ""],
  ["GET", "/public"],
  ["POST", "", { type: "group" }],
];

Deno.test("every route answers an outsider as it answers for an id that does not exist", async (test) => {
  await using world = await openWorld();
  const names = ["ann", "bob", "removed", "left", "stranger"];
  const [ann, bob, removed, left, stranger] = names.map((name) => world.people.add(name)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const group = await world.group(ann, [bob, removed, left]);
  const ended = await world.group(ann, [bob]);
  await world.call(ann, "DELETE", `/${group}/participants/${removed}`);
  await world.call(left, "POST", `/${group}/leave`);
  await world.call(ann, "DELETE", `/${ended}`);
  const direct = await world.direct(ann, bob);
  const before = [await world.call(ann, "GET", `/${group}`), await world.call(ann, "GET", `/${direct}`)];

  const cases: readonly [who: string, userId: string, id: string][] = [
    ["a stranger", stranger, group],
    ["someone removed a moment ago", removed, group],
    ["someone who left", left, group],
    ["a third one in a direct conversation", stranger, direct],
    ["the admin of an ended one", ann, ended],
    ["an unknown user", "nobody", group],
  ];
  for (const [who, userId, id] of cases) {
    for (const [method, path, body] of ROUTES) {
      await test.step(`${who}: ${method} ${path}`, async () => {
        const call = (conversationId: string) => {
          const target = path.replace(":id", conversationId).replace(":member", bob);
          const text = JSON.stringify(body)?.replace(":member", bob);
          return world.call(userId, method, target, text && JSON.parse(text));
        };
        const [there, nowhere] = [await call(id), await call("01JNOWHERE")];
        assertEquals([there.status, there.body.code], [404, "not_found"]);
        assertEquals({ ...there.body, requestId: "" }, { ...nowhere.body, requestId: "" });
      });
    }
  }
  assertEquals(
    [await world.call(ann, "GET", `/${group}`), await world.call(ann, "GET", `/${direct}`)],
    before,
  );
});

Deno.test("every route asks for an access token", async (test) => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  for (const [method, path, body] of [...ROUTES, ...LISTS]) {
    await test.step(`${method} /api/conversations${path}`, async () => {
      const target = path.replace(":id", id).replace(":member", ann);
      const without = await world.call("", method, target, body);
      assertEquals([without.status, without.body.code], [401, "unauthenticated"]);
      const expired = await world.call("expired", method, target, body);
      assertEquals([expired.status, expired.body.code], [401, "token_expired"]);
    });
  }
});

Deno.test("routes with a body refuse one that is not an object of theirs", async (test) => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  for (const [method, path, body] of [...ROUTES, ...LISTS]) {
    if (!body) continue;
    for (const wrong of [[], "text", 7, null, true]) {
      await test.step(`${method} ${path} with ${JSON.stringify(wrong)}`, async () => {
        const { status, body } = await world.call(
          ann,
          method,
          path.replace(":id", id).replace(":member", ann),
          wrong,
        );
        assertEquals([status, body.code], [400, "invalid_request"]);
      });
    }
  }
});

Deno.test("a member who was removed while they ask gets nothing of later changes", async () => {
  await using world = await openWorld();
  const [ann, bob] = [world.people.add("ann"), world.people.add("bob")];
  const id = await world.group(ann, [bob]);
  const [, removal, added] = await Promise.all([
    world.call(bob, "GET", `/${id}`),
    world.call(ann, "DELETE", `/${id}/participants/${bob}`),
    world.call(bob, "PATCH", `/${id}/participants/${bob}`, { role: "admin" }),
  ]);
  assertEquals(removal.status, 204);
  assertEquals([403, 404].includes(added.status), true);
  assertEquals((await world.call(bob, "GET", `/${id}`)).status, 404);
  assertEquals((await world.call(bob, "GET", "")).body.conversations, []);
});
