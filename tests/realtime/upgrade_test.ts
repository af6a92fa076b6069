import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sessions as sessionRecords } from "../../src/modules/auth/records.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { TestUser } from "../support/rest.ts";
import { connect, openSocket } from "../support/socket.ts";
import { TestClock } from "../support/http.ts";

/** What a request to become a socket is answered with when it is refused. */
async function refusal(
  url: string,
  headers: Readonly<Record<string, string>>,
  request = "GET /ws",
): Promise<{ status: number; code: string; retryAfter: string | null }> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({
    host: `${hostname}:${port}`,
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.write(new TextEncoder().encode(`${request} HTTP/1.1\r\n${lines.join("")}\r\n`));
  const answer = await answerOf(connection, !request.startsWith("HEAD"));
  connection.close();
  const status = Number(answer.split(" ")[1]);
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? "";
  const retryAfter = /^retry-after: (.*?)\r?$/im.exec(answer)?.[1] ?? null;
  return { status, code, retryAfter };
}

/** Reads an answer whole: its body may come after its head. */
async function answerOf(connection: Deno.TcpConn, hasBody: boolean): Promise<string> {
  const buffer = new Uint8Array(8_192);
  let answer = "";
  for (;;) {
    const [head = "", body] = answer.split("\r\n\r\n");
    const length = hasBody ? Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0) : 0;
    if (body !== undefined && body.length >= length) return answer;
    const count = await connection.read(buffer);
    if (count === null) return answer;
    answer += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

async function ticketOf(server: TestServer, user: TestUser): Promise<string> {
  return (await server.ok(user, "POST /api/auth/ws-ticket")).ticket;
}

const protocols = (ticket: string) => ["parley.v1", `ticket.${ticket}`];

Deno.test("a bearer token opens a socket, which is greeted with what it needs to know", async () => {
  await using server = await startServer({
    env: { REGION: "fra", INSTANCE: "node-1", HEARTBEAT_MS: "7000" },
  });
  const [ann] = await server.users("ann");
  using socket = await openSocket(server.url, { headers: { authorization: `Bearer ${ann.token}` } });
  const { data } = await socket.next("hello");
  assertEquals(Object.keys(data).sort(), [
    ...["connectionId", "epoch", "heartbeatMs", "instance", "limits", "region", "userId"],
  ]);
  assertEquals([data.userId, data.region, data.instance, data.heartbeatMs], [ann.id, "fra", "node-1", 7_000]);
  assertEquals(data.epoch, server.store.epoch);
  assertEquals(data.limits.maxFrameBytes, 131_072);
  assertEquals(data.limits.retryCloseCodes.sort(), [1012, 4408, 4429, 4504]);
});

Deno.test("a ticket opens one socket, and the server answers with the subprotocol", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ticket = await ticketOf(server, ann);
  using socket = await openSocket(server.url, { protocols: protocols(ticket) });
  assertEquals(socket.protocol, "parley.v1");
  assertEquals((await socket.next("hello")).data.userId, ann.id);
  await assertRejects(() => openSocket(server.url, { protocols: protocols(ticket) }));
  const offered = protocols(ticket).join(", ");
  const { status, code } = await refusal(server.url, { "sec-websocket-protocol": offered });
  assertEquals([status, code], [401, "unauthenticated"]);
});

Deno.test("the subprotocol is found however the offered ones are set apart", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  for (const between of [",", ", ", " ,\t"]) {
    const offered = protocols(await ticketOf(server, ann)).join(between);
    using socket = await RawSocket.open(server.url, { "sec-websocket-protocol": offered });
    const answer = await socket.readTo("\r\n\r\n");
    assertMatch(answer, /^HTTP\/1\.1 101 /);
    assertMatch(answer, /^sec-websocket-protocol: parley\.v1\r$/im);
  }
});

Deno.test("the answer to an upgrade names its request, too", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const headers = { authorization: `Bearer ${ann.token}`, "x-request-id": "upgrade-1" };
  using socket = await RawSocket.open(server.url, headers);
  assertMatch(await socket.readTo("\r\n\r\n"), /^HTTP\/1\.1 101 [^]*^x-request-id: upgrade-1\r$/im);
});

Deno.test("a ticket is good for 30 seconds", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const [ann] = await server.users("ann");
  const [early, late] = [await ticketOf(server, ann), await ticketOf(server, ann)];
  clock.move(29_999);
  using socket = await openSocket(server.url, { protocols: protocols(early) });
  await socket.next("hello");
  clock.move(1);
  const { code } = await refusal(server.url, { "sec-websocket-protocol": protocols(late).join(", ") });
  assertEquals(code, "unauthenticated");
});

Deno.test("a ticket of a session that has ended opens nothing", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ticket = await ticketOf(server, ann);
  await server.ok(ann, "POST /api/auth/logout", { refreshToken: ann.refreshToken });
  const { code } = await refusal(server.url, { "sec-websocket-protocol": protocols(ticket).join(", ") });
  assertEquals(code, "unauthenticated");
});

Deno.test("a ticket without the subprotocol beside it opens nothing", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const offered = `ticket.${await ticketOf(server, ann)}`;
  const { code } = await refusal(server.url, { "sec-websocket-protocol": offered });
  assertEquals(code, "unauthenticated");
});

Deno.test("no token is taken from the URL", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ticket = await ticketOf(server, ann);
  for (const name of ["token", "access_token", "ticket", "authorization"]) {
    for (const value of [ann.token, ticket]) {
      const { status, code } = await refusal(server.url, {}, `GET /ws?${name}=${value}`);
      assertEquals([status, code], [401, "unauthenticated"], name);
    }
  }
});

Deno.test("a token that is not good is refused before the upgrade", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock });
  const [ann] = await server.users("ann");
  assertEquals((await refusal(server.url, { authorization: "Bearer x.y.z" })).code, "unauthenticated");
  assertEquals((await refusal(server.url, {})).code, "unauthenticated");
  clock.move(15 * 60_000);
  const { status, code } = await refusal(server.url, { authorization: `Bearer ${ann.token}` });
  assertEquals([status, code], [401, "token_expired"]);
});

Deno.test("a browser's page must be of an allowed origin", async () => {
  await using server = await startServer({ env: { CLIENT_URL: "https://chat.example" } });
  const [ann] = await server.users("ann");
  const authorization = `Bearer ${ann.token}`;
  for (const origin of ["https://evil.example", "null", "https://chat.example.evil.example"]) {
    const { status, code } = await refusal(server.url, { authorization, origin });
    assertEquals([status, code], [403, "origin_not_allowed"], origin);
  }
  for (const origin of ["https://chat.example", server.url]) {
    using socket = await openSocket(server.url, { headers: { authorization, origin } });
    await socket.next("hello");
  }
});

Deno.test("a ticket that a wrong origin offers is not used up", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ticket = await ticketOf(server, ann);
  const offered = { "sec-websocket-protocol": protocols(ticket).join(", ") };
  await refusal(server.url, { ...offered, origin: "https://evil.example" });
  using socket = await openSocket(server.url, { protocols: protocols(ticket) });
  await socket.next("hello");
});

Deno.test("a request without an upgrade is told to ask for one", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const { status, body } = await server.call(ann, "GET /ws");
  assertEquals([status, body.code], [426, "upgrade_required"]);
});

Deno.test("a node that holds MAX_CONNECTIONS sockets takes no more, and says when to come back", async () => {
  await using server = await startServer({ env: { MAX_CONNECTIONS: "2" } });
  const [ann] = await server.users("ann");
  using first = await connect(server.url, ann);
  using _second = await connect(server.url, ann);
  const authorization = `Bearer ${ann.token}`;
  const { status, code, retryAfter } = await refusal(server.url, { authorization });
  assertEquals([status, code], [503, "overloaded"]);
  assert(Number(retryAfter) > 0);
  await first.end();
  using _third = await connectOnce(server, ann);
});

/** The place of a socket that ended is free once the server has heard of its end. */
async function connectOnce(server: TestServer, user: TestUser): Promise<Disposable> {
  for (;;) {
    try {
      return await connect(server.url, user);
    } catch (error) {
      if (!String(error).includes("refused")) throw error;
    }
  }
}

Deno.test("a request that is no whole WebSocket handshake is answered with 426 and costs no ticket", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const ticket = await ticketOf(server, ann);
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { upgrade: "h2c" },
    { connection: "keep-alive" },
    { "sec-websocket-key": "" },
    { "sec-websocket-version": "8" },
  ];
  for (const headers of wrong) {
    const offered = { "sec-websocket-protocol": protocols(ticket).join(", "), ...headers };
    const { status, code } = await refusal(server.url, offered);
    assertEquals([status, code], [426, "upgrade_required"], JSON.stringify(headers));
  }
  const offered = { "sec-websocket-protocol": protocols(ticket).join(", ") };
  assertEquals((await refusal(server.url, offered, "HEAD /ws")).status, 426);
  using socket = await openSocket(server.url, { protocols: protocols(ticket) });
  await socket.next("hello");
});

Deno.test("a socket ends whose session was ended elsewhere before it was open", async () => {
  await using server = await startServer({ clock: new TestClock() });
  const [ann] = await server.users("ann");
  const { sessions } = await server.ok(ann, "GET /api/auth/sessions");
  // Another node's doing, of which this one has not heard: it still takes the token for good.
  await server.store.delete(sessionRecords, sessions[0].id);
  using socket = await openSocket(server.url, { headers: { authorization: `Bearer ${ann.token}` } });
  assertEquals((await socket.closed).code, 4401);
});

Deno.test("sockets that cannot say who they are count on their address, and those that can do not", async () => {
  await using server = await startServer({ env: { RATE_LIMIT_MAX_REQUESTS: "5" } });
  const [ann] = await server.users("ann");
  const wrong = { authorization: "Bearer wrong" };
  const codes: string[] = [];
  for (let i = 0; i < 6; i++) codes.push((await refusal(server.url, wrong)).code);
  assertEquals(codes.at(-1), "rate_limited");
  assertEquals(codes[0], "unauthenticated");
  using socket = await connect(server.url, ann);
  assertEquals((await socket.ask("ping", {})).event, "pong");
});
