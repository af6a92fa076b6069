import { assert, assertEquals } from "@std/assert";
import { until } from "../support/cluster_random.ts";
import { TestClock } from "../support/http.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";
import { connect, connectLive, openSocket } from "../support/socket.ts";
import { StallingClock } from "./stalling_clock.ts";

Deno.test("a socket whose token has ended is closed with 4401", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock, env: { JWT_EXPIRES_IN: "60s", HEARTBEAT_MS: "60000" } });
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  clock.move(59_000);
  await socket.caughtUp();
  clock.move(1_500);
  assertEquals(await socket.closed, { code: 4401, reason: "unauthenticated" });
});

Deno.test("authenticate renews the socket's token, and takes that of no other session or user", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock, env: { JWT_EXPIRES_IN: "60s", HEARTBEAT_MS: "60000" } });
  const [ann, ben] = await server.users("ann", "ben");
  using socket = await connectLive(server.url, ann);
  clock.move(30_000);
  const elsewhere = await server.login(ann);
  for (const token of [elsewhere.token, (await server.login(ben)).token]) {
    assertEquals(await socket.code("authenticate", { token }), "forbidden");
  }
  assertEquals(await socket.code("authenticate", { token: "x.y.z" }), "unauthenticated");
  const { accessToken } = await server.ok(undefined, "POST /api/auth/refresh", {
    refreshToken: ann.refreshToken,
  });
  const { expiresAt } = await socket.do("authenticate", { token: accessToken });
  assertEquals(expiresAt, new Date(Math.floor((clock.now() + 60_000) / 1000) * 1000).toISOString());
  clock.move(45_000);
  await socket.caughtUp();
  assertEquals(await socket.code("authenticate", { token: ann.token }), "token_expired");
  clock.move(16_000);
  assertEquals((await socket.closed).code, 4401);
});

Deno.test("a socket may renew its token before it resumes", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connect(server.url, ann);
  assertEquals((await socket.ask("authenticate", { token: ann.token })).event, "ack");
});

Deno.test("logging out ends that session's sockets at once, and no other", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const elsewhere = await server.login(ann);
  using here = await connectLive(server.url, ann);
  using greeted = await connect(server.url, ann);
  using there = await connectLive(server.url, elsewhere);
  await server.ok(ann, "POST /api/auth/logout", { refreshToken: ann.refreshToken });
  for (const socket of [here, greeted]) assertEquals((await socket.closed).code, 4401);
  await there.caughtUp();
  await server.ok(elsewhere, "POST /api/auth/logout-all");
  assertEquals((await there.closed).code, 4401);
});

Deno.test("a client that is silent for two heartbeats is closed with 4408, whatever it is sent", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock, env: { HEARTBEAT_MS: "1000" } });
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  using silent = await connectLive(server.url, ann);
  using lively = await connectLive(server.url, ann);
  for (let n = 0; n < 2; n++) {
    clock.move(1_000);
    await server.send(ann, id, "still here?");
    await silent.next("new_message");
    await lively.caughtUp();
  }
  clock.move(500);
  assertEquals(await silent.closed, { code: 4408, reason: "no_heartbeat" });
  await lively.caughtUp();
});

Deno.test("the time for which the process was stopped is nobody's silence", async () => {
  const clock = new StallingClock();
  await using server = await startServer({ clock, env: { HEARTBEAT_MS: "1000" } });
  const [ann] = await server.users("ann");
  using silent = await connectLive(server.url, ann);
  using lively = await connectLive(server.url, ann);
  clock.stall(60_000);
  clock.move(2_000);
  for (const socket of [silent, lively]) await socket.caughtUp();
  clock.move(1_500);
  await lively.caughtUp();
  clock.move(1_000);
  assertEquals(await silent.closed, { code: 4408, reason: "no_heartbeat" });
  await lively.caughtUp();
});

Deno.test("above MAX_CONNECTIONS_PER_USER the connection that was silent for longest is closed with 4413", async () => {
  const clock = new TestClock();
  await using server = await startServer({ clock, env: { MAX_CONNECTIONS_PER_USER: "2" } });
  const [ann, ben] = await server.users("ann", "ben");
  using other = await connectLive(server.url, ben);
  using first = await connectLive(server.url, ann);
  clock.move(10);
  using second = await connectLive(server.url, ann);
  clock.move(10);
  await first.caughtUp();
  using third = await connectLive(server.url, ann);
  assertEquals(await second.closed, { code: 4413, reason: "too_many_connections" });
  for (const socket of [first, third, other]) await socket.caughtUp();
});

Deno.test("a drain warns with delays spread over time, closes with 1012, and takes nobody in", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const sockets = await Promise.all(Array.from({ length: 8 }, () => connectLive(server.url, ann)));
  const draining = server.app.drain();
  const delays: number[] = [];
  for (const socket of sockets) {
    delays.push((await socket.next("server_draining")).data.reconnectAfterMs);
  }
  delays.sort((a, b) => a - b);
  assert(delays.every((delay) => delay >= 0 && delay <= 2_000));
  assert((delays.at(-1) ?? 0) - (delays[0] ?? 0) > 1_000, `${delays} are not spread`);
  for (const path of ["/health", "/health/ready"]) {
    const { status, body } = await server.call(undefined, `GET ${path}`);
    assertEquals([status, body.code], [503, "draining"]);
  }
  assertEquals((await server.call(undefined, "GET /health/live")).status, 200);
  const headers = { authorization: `Bearer ${ann.token}` };
  const refused = await openSocket(server.url, { headers }).then(() => false, () => true);
  assertEquals(refused, true);
  await draining;
  for (const socket of sockets) assertEquals((await socket.closed).code, 1012);
});

Deno.test("what a socket sends while the node drains is stored and answered", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  const draining = server.app.drain();
  await socket.next("server_draining");
  const { message } = await socket.do("send_message", { conversationId, clientId: "late", content: "late" });
  await draining;
  assertEquals((await server.history(ann, conversationId)).at(-1).id, message.id);
});

Deno.test("a client that goes on sending while answers are on their way learns why it is ended", async () => {
  await using server = await startServer({ env: { RATE_LIMIT_MESSAGES: "1" } });
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  for (let sent = 0; sent < 100; sent++) socket.tell("ping");
  assertEquals(await socket.closed, { code: 4429, reason: "too_fast" });
});

Deno.test("a socket that breaks off, or the protocol's rules, is forgotten as one that ends", async () => {
  await using server = await startServer({ env: { HEARTBEAT_MS: "600000" } });
  const [ann] = await server.users("ann");
  const reserved = 3;
  const failures = [
    (socket: RawSocket) => socket[Symbol.dispose](),
    (socket: RawSocket) => socket.frame(reserved, ""),
    (socket: RawSocket) => socket.announce(65 * 1024 * 1024),
  ];
  for (const fail of failures) {
    using socket = await RawSocket.open(server.url, { authorization: `Bearer ${ann.token}` });
    await socket.readTo("hello");
    await fail(socket);
    await until(
      async () => {
        const { body } = await server.call(undefined, "GET /metrics");
        return body.includes("\nparley_connections 0\n") && body.includes("\nparley_lingering_sockets 0\n");
      },
      20_000,
      () => "the socket is there still",
    );
  }
});
