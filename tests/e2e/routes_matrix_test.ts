import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { RestAnswer, TestUser } from "../support/rest.ts";

/** One operation of the published description. */
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly guarded: boolean;
  readonly takesBody: boolean;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
/** These would end the caller's own session or account. */
const FAREWELLS = /logout|sessions|DELETE \/api\/users\/me$/;

/** Every operation that the server says it has. */
async function operations(server: TestServer): Promise<Operation[]> {
  const { paths } = await server.ok(undefined, "GET /openapi.json");
  return Object.entries<Record<string, { security?: object[]; requestBody?: { content: object } }>>(paths)
    .flatMap(
      ([path, item]) =>
        METHODS.flatMap((method) => {
          const operation = item[method];
          if (!operation) return [];
          return [{
            method: method.toUpperCase(),
            path,
            guarded: operation.security?.every((way) => Object.keys(way).length > 0) === true &&
              operation.security.length > 0,
            takesBody: "application/json" in (operation.requestBody?.content ?? {}),
          }];
        }),
    );
}

/** The call with its parameters filled in. */
function call({ method, path }: Operation, ids: Readonly<Record<string, string>> = {}): string {
  return `${method} ${path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? UNKNOWN)}`;
}

/** A problem without what differs from call to call. */
function problem({ status, body }: RestAnswer): object {
  return { status, ...body, requestId: undefined };
}

Deno.test("every route that wants a token answers 401 without one, and with one that is none", async () => {
  await using server = await startServer();
  const guarded = (await operations(server)).filter((operation) => operation.guarded);
  assert(guarded.length > 30, `only ${guarded.length} routes want a token`);
  const stranger: TestUser = { id: "x", name: "x", token: "x.y.z", refreshToken: "" };
  for (const operation of guarded) {
    for (const as of [undefined, stranger]) {
      const { status, body } = await server.call(as, call(operation), operation.takesBody ? {} : undefined);
      assertEquals([status, body.code], [401, "unauthenticated"], call(operation));
    }
  }
});

Deno.test("whatever names a conversation or a message is 404 to an outsider and to a removed member, as if it were not", async () => {
  await using server = await startServer();
  const [ann, ben, eve] = await server.users("ann", "ben", "eve");
  const id = await server.group(ann, [ben]);
  const { id: messageId } = await server.send(ben, id, "mine");
  await server.ok(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  const before = await server.history(ann, id);
  const named = (await operations(server)).filter(({ path }) => /conversations?\/\{|messages\/\{/.test(path));
  assert(named.length >= 15, `only ${named.length} routes name one`);
  for (const operation of named) {
    const ids: Record<string, string> = operation.path.startsWith("/api/messages/{")
      ? { id: messageId }
      : { id, conversationId: id, userId: ann.id };
    const body = operation.takesBody ? rightBody(operation, ann) : undefined;
    const unknown = await server.call(eve, call(operation), body);
    assertEquals([unknown.status, unknown.body.code], [404, "not_found"], call(operation));
    for (const as of [eve, ben]) {
      const answer = await server.call(as, call(operation, ids), body);
      assertEquals(problem(answer), problem(unknown), `${call(operation)} as ${as.name}`);
    }
  }
  for (const body of [{ conversationId: id, seq: 1 }, { conversationId: id, messageIds: [messageId] }]) {
    for (const as of [eve, ben]) {
      assertEquals((await server.call(as, "POST /api/messages/mark-read", body)).status, 404);
    }
  }
  const message = { conversationId: id, clientId: "1", content: "let me in" };
  for (const as of [eve, ben]) {
    assertEquals((await server.call(as, "POST /api/messages", message)).status, 404);
  }
  assertEquals(await server.history(ann, id), before);
});

/** A body that nothing is wrong with. */
function rightBody({ method, path }: Operation, ann: TestUser): object {
  if (path.endsWith("/reactions")) return { emoji: "👍" };
  if (path.endsWith("/{userId}")) return { role: "member" };
  if (path.endsWith("/participants")) return { userId: ann.id };
  if (path.endsWith("/notifications")) return { enabled: false };
  return method === "PATCH" ? { name: "Mine" } : { content: "mine now" };
}

const NEST = "[".repeat(20_000) + "]".repeat(20_000);
/** Bodies that no route takes, and what is wrong with them. */
const WRONG: readonly (readonly [body: string, status: number, code: string])[] = [
  ["{", 400, "invalid_request"],
  ["\u0000", 400, "invalid_request"],
  ["[]", 400, "invalid_request"],
  ["7", 400, "invalid_request"],
  ["null", 400, "invalid_request"],
  ['"text"', 400, "invalid_request"],
  [NEST, 400, "invalid_request"],
  [`{"a":${NEST}}`, 400, "invalid_request"],
  [`{"text":"\\ud800"}`, 400, "invalid_request"],
  [JSON.stringify({ text: "x".repeat(1024 * 1024) }), 413, "payload_too_large"],
];

Deno.test("every route that takes a body refuses what is none, and never fails", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const withBody = (await operations(server)).filter(({ takesBody }) => takesBody);
  assert(withBody.length > 15, `only ${withBody.length} routes take a body`);
  for (const operation of withBody) {
    for (const [body, status, code] of WRONG) {
      const answer = await server.call(ann, call(operation), body);
      const what = `${call(operation)} ${body.slice(0, 20)}`;
      assertEquals([answer.status, answer.body.code], [status, code], what);
    }
  }
});

Deno.test("every route answers fields of wrong types with 400 or what its caller lacks, and never fails", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const values = [null, 7, -1, 1e300, true, "", "x".repeat(10_000), [], {}, [null], { $where: "1" }];
  const withBody = (await operations(server)).filter((operation) =>
    operation.takesBody && !FAREWELLS.test(call(operation))
  );
  for (const operation of withBody) {
    for (const value of values) {
      const fields = [
        ...["conversationId", "clientId", "content", "emoji", "on", "seq", "messageIds", "replyTo", "type"],
        ...[
          "name",
          "participants",
          "settings",
          "userId",
          "role",
          "enabled",
          "muteUntil",
          "email",
          "username",
        ],
        ...[
          "password",
          "firstName",
          "refreshToken",
          "currentPassword",
          "newPassword",
          "privacy",
          "theme",
          "__proto__",
        ],
      ];
      const body = `{${fields.map((field) => `"${field}":${JSON.stringify(value)}`).join(",")}}`;
      const { status } = await server.call(ann, call(operation), body);
      assert(status < 500, `${call(operation)} ${body.slice(0, 200)}: ${status}`);
    }
  }
});

Deno.test("every route takes any id and any query without failing", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ids = [
    "%00",
    "%F0%9F%91%8D",
    "..%2f..",
    "x".repeat(500),
    "-1",
    "__proto__",
    "%ED%A0%80",
    "a.b",
    "$where",
  ];
  const queries = [
    "?limit=0",
    "?limit=x&cursor=%00",
    "?before=-1&after=1",
    "?cursor=" + "x".repeat(600),
    "?query=%00&q=%ED%A0%80",
  ];
  for (const operation of await operations(server)) {
    const parameters = operation.path.includes("{") ? ids : [];
    const reads = operation.method === "GET" ? queries : [];
    for (const id of parameters) {
      const target = call(operation, { id, conversationId: id, userId: id, code: id });
      const { status, body } = await server.call(ann, target, operation.takesBody ? {} : undefined);
      assert(status < 500, `${target}: ${status} ${JSON.stringify(body)}`);
    }
    for (const query of reads) {
      const { status } = await server.call(ann, call(operation) + query);
      assert(status < 500, `${call(operation)}${query}: ${status}`);
    }
  }
});
