import { assert, assertEquals } from "@std/assert";
import { createClient } from "../../src/client/mod.ts";
import type { Client, ConnectionState, OpenSocket } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import { TravellingClock } from "./clock.ts";
import { conversationOf, isOnline, startStage, texts, until, Watch } from "./stage.ts";

const HOUR = 3_600_000;
const TICKET = "POST /api/auth/ws-ticket";

/** The state that a client comes to have, once it has it. */
function stateOf<S extends ConnectionState["status"]>(
  client: Client,
  status: S,
): Promise<ConnectionState & { status: S }> {
  const check = () => client.connection.status === status && client.connection;
  return until(check as () => (ConnectionState & { status: S }) | false, `${status}`);
}

Deno.test("a laptop that slept for an hour finds its socket dead at once, and comes back with what it missed", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.online(amina, { url: proxy.url, clock, fetch: watch.fetch, random: () => 0 });
  proxy.stall();
  await stage.server.send(bruno, id, "are you there?");
  clock.sleep(HOUR);
  assertEquals(client.connection.status, "online");
  // It has asked for a sign of life, and waits for seconds, by its own clock.
  clock.pass(5_000);
  await until(() => client.connection.status !== "online", "the dead socket to be noticed");
  // So are the connections that requests are made over: that takes one refresh in vain.
  await until(() => watch.count("POST /api/auth/refresh") === 1, "a refresh");
  clock.pass(8_000);
  await isOnline(client);
  const conversation = await conversationOf(client, id);
  assertEquals(conversation.view.unread, 1);
  await conversation.loadNewest();
  assertEquals(texts(conversation), ["are you there?"]);
});

Deno.test("a laptop that slept and whose socket holds stays connected", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const client = await stage.online(amina, { clock });
  const states: string[] = [];
  client.on("connection", ({ status }) => void states.push(status));
  clock.sleep(10 * 60_000);
  await client.watchPresence([amina.id]); // the answer follows the pong
  clock.pass(5_000);
  await client.watchPresence([]);
  assertEquals(states, []);
});

Deno.test("a silent socket is left after a heartbeat without an answer, and opened again", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const client = await stage.online(amina, { url: proxy.url, clock, random: () => 0 });
  proxy.stall();
  for (let passed = 0; passed < 50_000 && client.connection.status === "online"; passed += 1_000) {
    clock.pass(1_000);
    await Promise.resolve();
  }
  await until(() => client.connection.status !== "online", "the silence to be noticed");
  proxy.cut();
  await isOnline(client);
});

Deno.test("a quiet client says something with every heartbeat", async () => {
  await using stage = await startStage({ env: { HEARTBEAT_MS: "25000" } });
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock({ stands: true });
  const pings: number[] = [];
  class Recorder extends WebSocket {
    override send(text: string): void {
      if (JSON.parse(text).event === "ping") pings.push(clock.now());
      super.send(text);
    }
  }
  const client = await stage.online(amina, { clock, WebSocket: Recorder as unknown as OpenSocket });
  const since = clock.now();
  for (let second = 0; second < 100; second++) {
    clock.pass(1_000);
    await client.watchPresence([amina.id]); // its answer follows the pong
  }
  const gaps = [since, ...pings].map((at, i, all) => (all[i + 1] ?? clock.now()) - at);
  assert(gaps.every((gap) => gap <= 25_000), `${gaps}`);
  assert(pings.length <= 5, `${gaps}`);
});

Deno.test("a thousand clients that lose their server at once come back spread over the first second", async () => {
  const clock = new TravellingClock({ stands: true });
  const user = { id: "u" };
  const fetch: typeof globalThis.fetch = (input) =>
    String(input).endsWith("/users/me")
      ? Promise.resolve(Response.json(user))
      : Promise.reject(new TypeError("connection refused"));
  const clients = Array.from(
    { length: 1_000 },
    () => createClient({ url: "http://test", accessToken: "t", clock, fetch }),
  );
  const delays: number[] = [];
  for (const client of clients) {
    client.on("connection", (state) => {
      if (state.status === "waiting" && state.attempt === 1) delays.push(state.retryAt - clock.now());
    });
    client.connect();
  }
  await until(() => delays.length === clients.length, "all to be told when to come back");
  const tenths = Map.groupBy(delays, (delay) => Math.floor(delay / 100));
  // 100 fall into each tenth of a second on average; half as many, or twice, would be no accident.
  for (let tenth = 1; tenth < 9; tenth++) {
    const count = tenths.get(tenth)?.length ?? 0;
    assert(count > 50 && count < 200, `${count} come back in tenth ${tenth}`);
  }
  await Promise.all(clients.map((client) => client.close()));
  assertEquals(clock.waiting, 0);
});

Deno.test("a Retry-After of 503 and of 429 is waited for, and not all come back at its end", async () => {
  for (const status of [503, 429]) {
    await using stage = await startStage();
    const amina = await stage.server.register("amina");
    const watch = new Watch();
    const clock = new TravellingClock({ stands: true });
    watch.instead = (request, pass) =>
      request === TICKET ? new Response("busy", { status, headers: { "retry-after": "7" } }) : pass();
    const client = await stage.signedIn(amina, { fetch: watch.fetch, clock, random: () => 0.5 });
    const before = clock.now();
    client.connect();
    const { retryAt } = await stateOf(client, "waiting");
    assertEquals(retryAt, before + 7_500);
    watch.instead = (_, pass) => pass();
    clock.pass(7_400);
    assertEquals(client.connection.status, "waiting");
    clock.pass(100);
    await isOnline(client);
  }
});

Deno.test("a server that drains is left, and come back to after the delay that it gave", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const client = await stage.online(amina, { clock });
  const states: ConnectionState[] = [];
  client.on("connection", (state) => void states.push(state));
  const before = clock.now();
  await stage.server.app.drain();
  const first = await until(() => states[0], "the end");
  assert(first.status === "waiting");
  assertEquals([first.reason, first.attempt], ["restart", 1]);
  // The server spreads its clients over 2 s from its warning; what is left of that when it ends is waited for.
  assert(first.retryAt >= before && first.retryAt <= clock.now() + 2_000);
});

Deno.test("a fatal close code ends the connection with its reason, and connect() begins again", async () => {
  await using stage = await startStage({ env: { MAX_CONNECTIONS_PER_USER: "1" } });
  const amina = await stage.server.register("amina");
  const first = await stage.online(amina);
  const second = await stage.online(amina);
  assertEquals(await stateOf(first, "ended"), {
    status: "ended",
    reason: "too_many_connections",
    code: 4413,
  });
  await second.close();
  first.connect();
  await isOnline(first);
});

Deno.test("a session that is ended elsewhere ends the connection, and signs the user out", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const client = await stage.online(amina);
  await stage.server.ok(amina, "POST /api/auth/logout-all");
  assertEquals(await stateOf(client, "ended"), { status: "ended", reason: "signed_out" });
  assertEquals(client.user, undefined);
  assertEquals(client.conversations.all, []);
});

Deno.test("an origin that is not allowed ends the connection", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const watch = new Watch();
  const problem = { code: "origin_not_allowed", detail: "no" };
  watch.instead = (request, pass) => request === TICKET ? Response.json(problem, { status: 403 }) : pass();
  const client = await stage.signedIn(amina, { fetch: watch.fetch });
  client.connect();
  assertEquals(await stateOf(client, "ended"), { status: "ended", reason: "origin_not_allowed" });
});

Deno.test("connect() without anyone signed in ends the connection", async () => {
  await using stage = await startStage();
  const client = stage.client();
  client.connect();
  assertEquals(await stateOf(client, "ended"), { status: "ended", reason: "unauthenticated" });
});

Deno.test("the socket can be opened by a header, and a token from elsewhere suffices", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const watch = new Watch();
  const client = stage.client({ accessToken: amina.token, ticket: false, fetch: watch.fetch });
  client.connect();
  await isOnline(client);
  assertEquals(client.user?.id, amina.id);
  assertEquals(watch.count(TICKET), 0);
});

Deno.test("the network's return ends the waiting", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const amina = await stage.server.register("amina");
  const client = await stage.online(amina, { url: proxy.url, random: () => 0.999 });
  proxy.refuses = true;
  proxy.cut();
  for (let attempt = 1; attempt < 4; attempt++) {
    await stateOf(client, "waiting");
    globalThis.dispatchEvent(new Event("online"));
    await until(
      () => client.connection.status === "waiting" && client.connection.attempt > attempt,
      "an attempt",
    );
  }
  proxy.refuses = false;
  globalThis.dispatchEvent(new Event("online"));
  await isOnline(client);
});

Deno.test("nothing is left after close(): no timer, no socket, no listener, whatever was under way", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  for (const steps of [0, 1, 2, 3]) {
    const clock = new TravellingClock();
    const client = await stage.signedIn(amina, { clock });
    client.connect();
    let told = 0;
    client.on("connection", () => told++);
    const sequence = client.events("message")[Symbol.asyncIterator]();
    const waiting = sequence.next();
    if (steps > 0) await isOnline(client);
    if (steps > 1) client.conversations.get(id)?.open();
    if (steps > 2) {
      client.conversations.get(id)?.send("on its way");
      client.conversations.get(id)?.markRead();
      client.conversations.get(id)?.setTyping(true);
    }
    await client.close();
    assertEquals(clock.waiting, 0);
    await waiting;
    assertEquals((await sequence.next()).done, true);
    const before = told;
    globalThis.dispatchEvent(new Event("online"));
    await Promise.resolve();
    assertEquals(told, before);
  }
});

Deno.test("close() leaves no timer behind where an answer has begun and does not end", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const fetch = () => Promise.resolve(new Response(new ReadableStream()));
  const client = stage.client({ accessToken: amina.token, clock, fetch });
  client.request("GET /api/conversations").catch(() => {});
  await Promise.resolve();
  await client.close();
  assertEquals(clock.waiting, 0);
});

Deno.test("close() ends at once what waits for an answer that does not come", async () => {
  await using stage = await startStage();
  await using proxy = new Proxy(stage.server.url);
  const amina = await stage.server.register("amina");
  const client = await stage.online(amina, { url: proxy.url });
  proxy.stall();
  const request = client.request("GET /api/conversations").catch(({ code }) => code);
  await client.close();
  assertEquals(await request, "client_closed");
});
