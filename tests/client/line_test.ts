import { assert, assertEquals } from "@std/assert";
import type { Client, ConnectionState } from "../../src/client/mod.ts";
import { added, Script, stored, told } from "./scripted.ts";
import { isOnline, until } from "./stage.ts";

/** The state once it is to wait. */
function waiting(client: Client): Promise<ConnectionState & { status: "waiting" }> {
  const check = () => client.connection.status === "waiting" && client.connection;
  return until(check as () => (ConnectionState & { status: "waiting" }) | false, "waiting");
}

Deno.test("attempts are counted from anew once a line has held for ten seconds, and not before", async () => {
  for (const [heldMs, attempt] of [[9_999, 2], [10_000, 1]] as const) {
    const script = new Script();
    await using client = script.client();
    script.greets = false;
    client.connect();
    (await script.socket()).end(1006);
    assertEquals((await waiting(client)).attempt, 1);
    script.greets = true;
    script.clock.pass(1_000);
    await isOnline(client);
    script.clock.pass(heldMs);
    (await script.socket(2)).end(1006);
    assertEquals((await waiting(client)).attempt, attempt);
  }
});

Deno.test("the server says which of its own close codes are worth coming back for; a network's all are", async () => {
  for (
    const [code, status] of [
      [1006, "waiting"],
      [1001, "waiting"],
      [1011, "waiting"],
      [3999, "waiting"],
      [4408, "waiting"],
      [4503, "waiting"],
      [1009, "ended"],
      [4000, "ended"],
      [4400, "ended"],
    ] as const
  ) {
    const script = new Script();
    await using client = await script.online();
    (await script.socket()).end(code, "why");
    await until(() => client.connection.status === status, `${status} after ${code}`);
    const { connection } = client;
    assertEquals("reason" in connection && connection.reason, "why");
  }
});

Deno.test("what something before the server refuses is tried again", async () => {
  const script = new Script();
  const refusal = () => Promise.resolve(new Response("<h1>Forbidden</h1>", { status: 403 }));
  await using client = script.client({
    fetch: (input) =>
      String(input).endsWith("ws-ticket") ? refusal() : Promise.resolve(Response.json({ id: "u" })),
  });
  client.connect();
  assertEquals((await waiting(client)).reason, "network");
});

Deno.test("a draining server's delay is kept to the millisecond, and counts once", async () => {
  const script = new Script();
  await using client = await script.online();
  const now = script.clock.now();
  const first = await script.socket();
  first.say({ event: "server_draining", data: { reconnectAfterMs: 7_000 } });
  first.end(4503, "restart");
  assertEquals((await waiting(client)).retryAt, now + 7_000);
  client.reconnectNow();
  await isOnline(client);
  (await script.socket(2)).end(1006);
  // By the back-off alone, which is at its longest here.
  const { retryAt, attempt } = await waiting(client);
  assertEquals(retryAt, now + 1_000 * 2 ** (attempt - 1));
});

Deno.test("a line that ends while the client catches up was never there", async () => {
  const script = new Script();
  script.greets = false;
  await using client = script.client();
  const states: string[] = [];
  client.on("connection", ({ status }) => void states.push(status));
  client.connect();
  const socket = await script.socket();
  socket.answers = false;
  socket.greet();
  const resume = await until(() => socket.commands("resume")[0], "the resumption");
  socket.say({ id: resume.id, event: "synced", data: {} });
  socket.end(1006);
  await waiting(client);
  assertEquals(states, ["connecting", "catching_up", "waiting"]);
});

Deno.test("a socket that says nothing when it opens is left after 15 seconds", async () => {
  const script = new Script();
  script.greets = false;
  await using client = script.client();
  client.connect();
  const socket = await script.socket();
  script.clock.pass(14_999);
  assertEquals(client.connection.status, "connecting");
  script.clock.pass(1);
  assertEquals((await waiting(client)).reason, "no answer");
  await until(() => socket.readyState === WebSocket.CLOSED, "the end of the socket");
});

Deno.test("whoever hurries has the line looked at, which is left unless it answers within four seconds", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  client.reconnectNow();
  assertEquals(socket.commands("ping").length, 1);
  script.clock.pass(4_000);
  assertEquals(client.connection.status, "online");
  socket.answers = false;
  client.reconnectNow();
  script.clock.pass(4_000);
  assertEquals((await waiting(client)).reason, "no heartbeat");
});

Deno.test("a machine that slept while it waited for a sign of life waits once more", async () => {
  const script = new Script();
  await using client = await script.online();
  const socket = await script.socket();
  script.clock.pass(3_000);
  socket.answers = false;
  client.reconnectNow();
  // The clock is looked at once more, so that what wakes first is the wait itself.
  script.clock.pass(2_500);
  const asked = socket.commands("ping").length;
  script.clock.sleep(60_000);
  assert(socket.commands("ping").length > asked);
  assertEquals(client.connection.status, "online");
  script.clock.pass(4_000);
  await waiting(client);
});

Deno.test("close() closes a socket that opens meanwhile", async () => {
  const script = new Script();
  const { promise, resolve } = Promise.withResolvers<Response>();
  let asked = false;
  const client = script.client({
    fetch: (input) => {
      if (!String(input).endsWith("ws-ticket")) return Promise.resolve(Response.json({ id: "u" }));
      asked = true;
      return promise;
    },
  });
  client.connect();
  await until(() => asked, "the ticket to be asked for");
  const closing = client.close();
  resolve(Response.json({ ticket: "ticket" }));
  await closing;
  assertEquals(script.sockets.map(({ readyState }) => readyState), [WebSocket.CLOSED]);
  assertEquals(script.clock.waiting, 0);
});

Deno.test("what stands behind `synced` in one frame is news", async () => {
  const script = new Script();
  script.greets = false;
  await using client = script.client();
  const heard: (readonly [string, boolean])[] = [];
  client.on("message", ({ message, live }) => void heard.push([message.id, live]));
  client.connect();
  const socket = await script.socket();
  socket.answers = false;
  socket.greet();
  const resume = await until(() => socket.commands("resume")[0], "the resumption");
  const [before, after] = [told(stored("g", 1)), told(stored("g", 2))];
  socket.say(added("g"), before, { id: resume.id, event: "synced", data: {} }, after);
  await isOnline(client);
  assertEquals(heard, [["m1", false], ["m2", true]]);
});
