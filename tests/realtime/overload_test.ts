import { assert, assertEquals } from "@std/assert";
import { EXPOSITION_TYPE } from "../../src/http/exposition.ts";
import { LOOK_MS } from "../../src/kernel/pressure.ts";
import { participants } from "../../src/order/records.ts";
import type { Store } from "../../src/ports/store.ts";
import { until } from "../support/cluster_random.ts";
import { RawSocket } from "../support/raw_socket.ts";
import type { TestUser } from "../support/rest.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { connect, connectLive, openSocket } from "../support/socket.ts";
import { StallingClock } from "./stalling_clock.ts";

const MB = 1024 * 1024;

/** A server that has been late by so many milliseconds in each turn for a while. */
async function lateBy(
  ms: number,
): Promise<{ server: TestServer; clock: StallingClock; stall: (ms: number) => void }> {
  const clock = new StallingClock();
  const server = await startServer({ clock, env: { MAX_LOOP_DELAY_MS: "500" } });
  const stall = (by: number) => {
    for (let turns = 0; turns < 20; turns++) clock.stall(by);
  };
  stall(ms);
  return { server, clock, stall };
}

/** How a request for a socket is answered; the code where it is refused. */
async function upgradeOf(
  server: TestServer,
  user: TestUser,
): Promise<{ status: number; code?: string; after: number }> {
  using socket = await RawSocket.open(server.url, { authorization: `Bearer ${user.token}` });
  const answer = await socket.readTo("\r\n\r\n");
  const status = Number(answer.split(" ")[1]);
  const all = status === 101 || answer.includes("}") ? answer : answer + (await socket.readTo("}"));
  return {
    status,
    code: /"code":"(\w+)"/.exec(all)?.[1],
    after: Number(/^retry-after: (\d+)/im.exec(all)?.[1]),
  };
}

const codeOf = async (server: TestServer, as: TestUser | undefined, call: string, body?: unknown) => {
  const answer = await server.call(as, call, body);
  return answer.status < 300 ? answer.status : answer.body.code;
};

/** The numbers of `/metrics`, by name and labels. */
async function metricsOf(server: TestServer): Promise<Map<string, number>> {
  const { body } = await server.call(undefined, "GET /metrics");
  const lines = String(body).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

/** Waits until a number is what it is to be. */
function metric(server: TestServer, name: string, value: number): Promise<number> {
  const read = async () => (await metricsOf(server)).get(name) === value;
  return until(read, 20_000, () => `${name} is not ${value}`);
}

Deno.test("above MAX_MEMORY a node takes no new sockets and costs nobody a ticket, until it is well below", async () => {
  const clock = new StallingClock();
  let rss = 99 * MB;
  const memory = () => ({ rss, heapTotal: 0, heapUsed: 0, external: 0 });
  await using server = await startServer({ clock, memory, env: { MAX_MEMORY: "100MB" } });
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ann);
  const { ticket } = await server.ok(ann, "POST /api/auth/ws-ticket");
  const hold = (held: number) => {
    rss = held * MB;
    clock.move(LOOK_MS);
  };
  hold(100);
  assertEquals((await upgradeOf(server, ben)).status, 101);
  hold(101);
  const { status, code, after } = await upgradeOf(server, ben);
  assertEquals([status, code], [503, "overloaded"]);
  assert(after >= 2 && after <= 10, `Retry-After: ${after}`);
  using refused = await RawSocket.open(server.url, {
    "sec-websocket-protocol": `parley.v1, ticket.${ticket}`,
  });
  assert((await refused.readTo("\r\n")).includes(" 503 "));
  assertEquals(await codeOf(server, undefined, "GET /health/ready"), "overloaded");
  assertEquals(await codeOf(server, undefined, "GET /health/live"), 200);
  const said = { conversationId: id, clientId: "1", content: "still here" };
  assertEquals((await socket.do("send_message", said)).message.seq, 1);
  await server.send(ben, id, "and so am I");
  hold(96);
  assertEquals((await upgradeOf(server, ben)).status, 503);
  hold(95);
  assertEquals(await codeOf(server, undefined, "GET /health/ready"), 200);
  using taken = await openSocket(server.url, { protocols: ["parley.v1", `ticket.${ticket}`] });
  await taken.next("hello");
  assertEquals((await metricsOf(server)).get('parley_upgrades_refused_total{code="overloaded"}'), 3);
});

Deno.test("a node whose loop is late drops typing first", async () => {
  const { server, stall } = await lateBy(200);
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const [anns, bens] = [await connectLive(server.url, ann), await connectLive(server.url, ben)];
  for (const socket of [anns, bens]) await socket.do("join_conversation", { conversationId: id });
  anns.tell("typing_start", { conversationId: id });
  await bens.next("user_typing");
  stall(300);
  bens.tell("typing_start", { conversationId: id });
  assertEquals(await bens.code("watch_presence", { userIds: [ann.id] }), "overloaded");
  await bens.caughtUp();
  assertEquals((await metricsOf(server)).get('parley_sheds_total{what="typing"}'), 1);
  assertEquals((await metricsOf(server)).get('parley_sheds_total{what="presence"}'), 1);
  await anns.caughtUp();
  assert(!anns.unseen.includes("user_typing"));
  assertEquals((await upgradeOf(server, ann)).status, 101);
  assertEquals(await codeOf(server, ann, "GET /api/users?query=be"), 200);
  for (const socket of [anns, bens]) await socket.end();
});

Deno.test("a node whose loop is later refuses who is new, sign-ins and searches, and goes on with messages", async () => {
  const { server, stall } = await lateBy(0);
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ann);
  stall(600);
  const person = {
    email: "c@example.org",
    username: "cyd",
    password: "correct horse",
    firstName: "C",
    lastName: "D",
  };
  const refused = [
    await codeOf(server, undefined, "POST /api/auth/register", person),
    await codeOf(server, undefined, "POST /api/auth/login", { username: "ann", password: "x" }),
    await codeOf(server, ann, "GET /api/users?query=be"),
    await codeOf(server, ann, "GET /api/conversations/public?query=te"),
    await codeOf(server, undefined, "GET /health/ready"),
    (await upgradeOf(server, ben)).code,
  ];
  assertEquals(refused, refused.map(() => "overloaded"));
  await server.send(ann, id, "over REST");
  await socket.do("send_message", { conversationId: id, clientId: "s", content: "over the socket" });
  assertEquals(await codeOf(server, ann, "GET /api/conversations"), 200);
});

Deno.test("a node whose loop is very late refuses what can be repeated, says for how long, and recovers", async () => {
  const { server, clock, stall } = await lateBy(0);
  await using _ = server;
  const [ann] = await server.users("ann");
  const id = await server.group(ann);
  using socket = await connectLive(server.url, ann);
  stall(1_500);
  const said = { conversationId: id, clientId: "1", content: "now?" };
  const { status, body, headers } = await server.call(ann, "POST /api/messages", said);
  assertEquals([status, body.code], [503, "overloaded"]);
  assert(Number(headers.get("retry-after")) >= 2);
  const { error } = await socket.ask("send_message", said);
  assertEquals([error.code, error.retryable], ["overloaded", true]);
  assert(error.retryAfterMs >= 2_000);
  await socket.caughtUp();
  for (const path of ["/health/live", "/metrics", "/openapi.json"]) {
    assertEquals(await codeOf(server, undefined, `GET ${path}`), 200, path);
  }
  assertEquals((await metricsOf(server)).get("parley_refusing"), 1);
  clock.move(5_000);
  assertEquals((await socket.do("send_message", said)).message.seq, 1);
  assertEquals((await server.call(ann, "POST /api/messages", said)).status, 200);
  assertEquals(await codeOf(server, undefined, "GET /health/ready"), 200);
});

Deno.test("no more than 16 resumptions read at once, the others wait for their turn, and all are served", async () => {
  const gate = Promise.withResolvers<void>();
  let held = false;
  await using server = await startServer({
    wrap: (store) => holding(store, () => held ? gate.promise : undefined),
  });
  const [ann] = await server.users("ann");
  await server.group(ann);
  const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(server.url, ann)));
  held = true;
  const resuming = sockets.map((socket) => socket.resume());
  await metric(server, "parley_resumptions_waiting", 4);
  assertEquals((await metricsOf(server)).get("parley_resumptions_running"), 16);
  gate.resolve();
  await Promise.all(resuming);
  const after = await metricsOf(server);
  assertEquals([after.get("parley_resumptions_running"), after.get("parley_resumptions_waiting")], [0, 0]);
  for (const socket of sockets) {
    assertEquals(socket.received.map(({ event }) => event).filter((event) => event !== "pong").sort(), [
      ...["conversation_added", "hello", "synced"],
    ]);
    await socket.end();
  }
});

/** A store whose look-ups of memberships wait for what `until` gives. */
function holding(store: Store, until: () => Promise<void> | undefined): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        if (key === "find" && args[0] === participants) await until();
        return await value.apply(target, args);
      };
    },
  });
}

Deno.test("who has waited for a resumption in vain is told so, and resumes on the same socket later", async () => {
  const gate = Promise.withResolvers<void>();
  const clock = new StallingClock();
  let held = false;
  const wrap = (store: Store) => holding(store, () => held ? gate.promise : undefined);
  await using server = await startServer({ clock, wrap, env: { HEARTBEAT_MS: "60000" } });
  const [ann] = await server.users("ann");
  const sockets = await Promise.all(Array.from({ length: 17 }, () => connect(server.url, ann)));
  held = true;
  const ids = sockets.map((socket) => socket.tell("resume", { cursors: {} }));
  await metric(server, "parley_resumptions_waiting", 1);
  clock.move(20_000);
  await Promise.all(sockets.map((socket) => socket.caughtUp()));
  const unlucky = sockets.find((socket) => socket.unseen.includes("error"));
  assert(unlucky);
  const { error } = await unlucky.next("error");
  assertEquals([error.code, error.retryable], ["overloaded", true]);
  assertEquals(await unlucky.code("typing_start", { conversationId: "x" }), "not_resumed");
  gate.resolve();
  assertEquals((await unlucky.resume()).event, "synced");
  for (const [index, socket] of sockets.entries()) {
    if (socket !== unlucky) assertEquals((await socket.answer(ids[index] ?? "")).event, "synced");
    await socket.end();
  }
});

Deno.test("the metrics are Prometheus's text, name everything that the README does, and are for who has the token", async () => {
  const token = "0123456789abcdef0123456789abcdef";
  await using server = await startServer({ env: { METRICS_TOKEN: token, RATE_LIMIT_MAX_REQUESTS: "20" } });
  const asked = (authorization: string) => fetch(`${server.url}/metrics`, { headers: { authorization } });
  for (const wrong of ["", "Bearer ", `Bearer ${token}0`, `Basic ${token}`]) {
    const answer = await asked(wrong);
    assertEquals([answer.status, (await answer.json()).code], [401, "unauthenticated"], wrong);
  }
  const answer = await asked(`Bearer ${token}`);
  assertEquals([answer.status, answer.headers.get("content-type")], [200, EXPOSITION_TYPE]);
  const text = await answer.text();
  const comment = /^# (HELP|TYPE) [a-z_]+ .+$/;
  const sample = /^[a-z_]+(\{[a-z]+="[^"\\]*"\})? \d+(\.\d+)?(e[+-]\d+)?$/;
  const odd = text.split("\n").filter((line) => line !== "" && !comment.test(line) && !sample.test(line));
  assertEquals(odd, []);
  const told = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const readme = await Deno.readTextFile("README.md");
  const named = [...readme.matchAll(/`(parley_\w+)/g)].map(([, name]) => name);
  assertEquals([...new Set(named)].sort(), told.sort());
});

Deno.test("the metrics count what happens", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  const [anns, bens] = [await connectLive(server.url, ann), await connectLive(server.url, ben)];
  const before = await metricsOf(server);
  for (let count = 0; count < 3; count++) {
    await anns.do("send_message", { conversationId: id, clientId: `${count}`, content: "hi" });
    await bens.next("new_message");
  }
  await bens.end();
  const names = [
    ...["parley_messages_total", "parley_deliveries_total", "parley_ack_seconds_count"],
    ...['parley_connections_ended_total{reason="client"}', "parley_connections"],
  ];
  await metric(server, "parley_connections", 1);
  const after = await metricsOf(server);
  const grown = names.map((name) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN));
  assertEquals(grown, [3, 6, 3, 1, -1]);
  assert((after.get("parley_commit_seconds_count") ?? 0) > (before.get("parley_commit_seconds_count") ?? 0));
  assertEquals([after.get("parley_rooms"), after.get("parley_commit_failures_total")], [1, 0]);
  await anns.end();
});
