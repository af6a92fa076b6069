import { assert, assertEquals, assertRejects } from "@std/assert";
import { memoryStorage, ParleyError } from "../../src/client/mod.ts";
import type { ClientStorage } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import { ClockAhead, TravellingClock } from "./clock.ts";
import { isOnline, startStage, until, Watch } from "./stage.ts";

const REFRESH = "POST /api/auth/refresh";
const MINUTE = 60_000;

Deno.test("an access token that ended while away is renewed once, and the client comes back with the fresh one", async () => {
  const serverClock = new ClockAhead();
  await using stage = await startStage({ clock: serverClock });
  await using proxy = new Proxy(stage.server.url);
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.online(amina, { url: proxy.url, clock, fetch: watch.fetch, random: () => 0 });
  proxy.refuses = true;
  proxy.cut();
  await until(() => client.connection.status !== "online", "the cut");
  serverClock.aheadMs = 16 * MINUTE;
  clock.sleep(16 * MINUTE);
  proxy.refuses = false;
  await isOnline(client);
  // It may have been tried in vain while the server could not be reached.
  assertEquals(watch.succeeded(REFRESH), 1);
});

Deno.test("a token that the server no longer takes is renewed once, by how many requests it may be refused", async () => {
  const serverClock = new ClockAhead();
  await using stage = await startStage({ clock: serverClock });
  const amina = await stage.server.register("amina");
  const watch = new Watch();
  const client = await stage.signedIn(amina, { fetch: watch.fetch });
  serverClock.aheadMs = 16 * MINUTE; // the client's own clock says that the token is good
  const calls = Array.from({ length: 10 }, () => client.request("GET /api/users/me"));
  for (const { id } of await Promise.all(calls)) assertEquals(id, amina.id);
  assertEquals(watch.count(REFRESH), 1);
});

Deno.test("two who want a fresh token at once share one refresh", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.signedIn(amina, { fetch: watch.fetch, clock });
  clock.sleep(20 * MINUTE);
  await Promise.all([client.request("GET /api/users/me"), client.request("GET /api/conversations")]);
  assertEquals(watch.count(REFRESH), 1);
});

Deno.test("a token is renewed before it ends and handed to the open socket, which stays", async () => {
  const serverClock = new ClockAhead();
  await using stage = await startStage({ clock: serverClock });
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.online(amina, { fetch: watch.fetch, clock });
  const states: string[] = [];
  client.on("connection", ({ status }) => void states.push(status));
  for (let quarter = 1; quarter <= 4; quarter++) {
    serverClock.aheadMs += 14 * MINUTE + 5_000;
    clock.sleep(14 * MINUTE + 5_000);
    await until(() => watch.count(REFRESH) === quarter, "a refresh");
    // Two answers behind it: the one to the token, and one that needs it.
    await client.watchPresence([amina.id]);
    await client.request("GET /api/users/me");
  }
  assertEquals(states, []);
});

for (const hours of [-1, 1]) {
  Deno.test(`a server clock that is ${hours} hours ahead does not matter`, async () => {
    const serverClock = new ClockAhead();
    serverClock.aheadMs = hours * 60 * MINUTE;
    await using stage = await startStage({ clock: serverClock });
    const amina = await stage.server.register("amina");
    const clock = new TravellingClock();
    const watch = new Watch();
    const client = await stage.online(amina, { fetch: watch.fetch, clock });
    await client.request("GET /api/users/me");
    assertEquals(watch.count(REFRESH), 0);
    serverClock.aheadMs += 14 * MINUTE + 5_000;
    clock.sleep(14 * MINUTE + 5_000);
    await until(() => watch.count(REFRESH) === 1, "the refresh before the end");
    await client.request("GET /api/users/me");
    assertEquals([watch.count(REFRESH), client.connection.status], [1, "online"]);
  });
}

Deno.test("two tabs refresh in turn where the runtime has locks, and once where they share a storage", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const storage = memoryStorage();
  const clock = new TravellingClock();
  const watch = new Watch();
  await stage.signedIn(amina, { storage, clock, fetch: watch.fetch });
  const [one, other] = [1, 2].map(() => stage.client({ storage, clock, fetch: watch.fetch }));
  assert(one && other);
  await Promise.all([one.restore(), other.restore()]);
  clock.sleep(20 * MINUTE);
  await one.request("GET /api/users/me");
  await other.request("GET /api/users/me");
  assertEquals(watch.count(REFRESH), 1);
});

Deno.test("two tabs that refresh at the same moment stay signed in", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const storage = memoryStorage();
  const clock = new TravellingClock();
  await stage.signedIn(amina, { storage, clock });
  const tabs = [1, 2, 3].map(() => stage.client({ storage, clock }));
  await Promise.all(tabs.map((tab) => tab.restore()));
  for (let round = 0; round < 5; round++) {
    clock.sleep(20 * MINUTE);
    await Promise.all(tabs.map((tab) => tab.request("GET /api/users/me")));
  }
});

Deno.test("a refresh whose answer is lost is asked for again, and is no theft", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.signedIn(amina, { clock, fetch: watch.fetch, random: () => 0 });
  let lost = 0;
  watch.instead = async (request, pass) => {
    const response = await pass();
    if (request !== REFRESH || lost++ > 0) return response;
    await response.body?.cancel();
    throw new TypeError("connection reset");
  };
  clock.sleep(20 * MINUTE);
  assertEquals((await client.request("GET /api/users/me")).id, amina.id);
  assertEquals(lost, 2);
});

Deno.test("a server that cannot be reached signs nobody out", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const clock = new TravellingClock();
  const watch = new Watch();
  const client = await stage.signedIn(amina, { clock, fetch: watch.fetch, random: () => 0 });
  clock.sleep(20 * MINUTE);
  watch.instead = () => Promise.reject(new TypeError("unreachable"));
  const error = await assertRejects(() => client.request("GET /api/users/me"), ParleyError);
  assertEquals([error.code, error.retryable, client.user?.id], ["network", true, amina.id]);
  watch.instead = (_, pass) => pass();
  assertEquals((await client.request("GET /api/users/me")).id, amina.id);
});

Deno.test("logout ends the session and leaves nothing in the storage, for other tabs neither", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "hello");
  const storage = memoryStorage();
  const tab = await stage.online(amina, { storage });
  const other = stage.client({ storage });
  await other.restore();
  other.connect();
  await isOnline(other);
  await tab.conversations.get(id)?.loadNewest();
  await tab.logout();
  assertEquals([tab.user, tab.connection], [undefined, { status: "idle" }]);
  await until(() => other.connection.status === "ended", "the other tab to know");
  await other.close();
  assertEquals(await storage.keys(""), []);
  const { body } = await stage.server.call(undefined, "POST /api/auth/refresh", {
    refreshToken: amina.refreshToken,
  });
  assertEquals(body.user.id, amina.id, "the session of another device goes on");
});

Deno.test("whoever was signed in is so again after a reload, also without the server", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.direct(amina, bruno);
  await stage.server.send(bruno, id, "hello");
  const storage = memoryStorage();
  await using before = await stage.online(amina, { storage });
  await before.conversations.get(id)?.loadNewest();
  await before.close();
  await using after = stage.client({ storage, url: "http://127.0.0.1:1" });
  assertEquals((await after.restore())?.id, amina.id);
  const conversation = after.conversations.get(id);
  assertEquals(conversation?.messages.map(({ message }) => message.content.text), ["hello"]);
  assertEquals([conversation?.view.unread, after.conversations.unread, after.conversations.loaded], [
    1,
    1,
    true,
  ]);
});

Deno.test("another user finds nothing of the one before", async () => {
  await using stage = await startStage();
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  const id = await stage.server.group(amina);
  const storage = memoryStorage();
  const client = await stage.online(amina, { storage });
  assert(client.conversations.get(id));
  await client.login({ username: "bruno", password: `correct horse of bruno` });
  assertEquals([client.user?.id, client.conversations.all], [bruno.id, []]);
  client.connect();
  await isOnline(client);
  assertEquals(client.conversations.all, []);
});

Deno.test("a storage that fails is told of, and the client goes on", async () => {
  await using stage = await startStage();
  const amina = await stage.server.register("amina");
  const broken: ClientStorage = {
    ...memoryStorage(),
    set: () => Promise.reject(new Error("quota exceeded")),
  };
  const client = stage.client({ storage: broken });
  const errors: string[] = [];
  client.on("error", ({ code }) => void errors.push(code));
  await client.login({ username: "amina", password: "correct horse of amina" });
  client.connect();
  await isOnline(client);
  assertEquals(client.user?.id, amina.id);
  assert(errors.includes("storage"));
});

Deno.test("a refusal names its fields, its request and whether trying again can help", async () => {
  await using stage = await startStage();
  const client = stage.client();
  const wrong = { email: "no", username: "x", password: "short", firstName: "A", lastName: "B" };
  const error = await assertRejects(() => client.register(wrong), ParleyError);
  assertEquals([error.code, error.status, error.retryable], ["invalid_request", 400, false]);
  assertEquals(error.errors?.map(({ path }) => path).sort(), ["email", "password", "username"]);
  assert(error.requestId);
});

Deno.test("a call can be given up", async () => {
  await using stage = await startStage();
  const client = await stage.signedIn(await stage.server.register("amina"));
  const error = await assertRejects(
    () => client.request("GET /api/users/me", { signal: AbortSignal.abort() }),
    ParleyError,
  );
  assertEquals(error.code, "aborted");
});
