import { assert, assertEquals } from "@std/assert";
import type { MemoryUsage } from "../../src/kernel/memory.ts";
import { LOOK_MS } from "../../src/kernel/pressure.ts";
import { Pressure } from "../../src/kernel/pressure.ts";
import { Hub } from "../../src/realtime/hub.ts";
import { Meters } from "../../src/realtime/meters.ts";
import { Metrics } from "../../src/kernel/metrics.ts";
import { Shedding } from "../../src/realtime/shedding.ts";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { until } from "../support/cluster_random.ts";
import { OPCODE, RawSocket } from "../support/raw_socket.ts";
import type { TestUser } from "../support/rest.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { connect } from "../support/socket.ts";
import type { FakeTransport } from "./fakes.ts";
import { liveConnection } from "./fakes.ts";
import { StallingClock } from "./stalling_clock.ts";

const MB = 1024 * 1024;
const PATIENCE_MS = 20_000;

function raw(server: TestServer, user: TestUser): Promise<RawSocket> {
  return RawSocket.open(server.url, { authorization: `Bearer ${user.token}` });
}

async function lingering(server: TestServer): Promise<string | undefined> {
  const { body } = await server.call(undefined, "GET /metrics");
  return /^parley_lingering_sockets (.*)$/m.exec(body)?.[1];
}

/** A close frame with this code, whatever its reason, as it comes. */
const closing = (code: number) => new RegExp(`\x88.${String.fromCharCode(code >> 8, code & 255)}`, "s");

Deno.test("a client that never answers the end is hung up, and counts as a socket until then", async () => {
  await using server = await startServer({ env: { HEARTBEAT_MS: "100" } });
  const [ann] = await server.users("ann");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  await until(async () => await lingering(server) === "1", PATIENCE_MS, () => "it was not closed");
  assert(closing(4408).test(await socket.readToEnd()));
  await until(async () => await lingering(server) === "0", PATIENCE_MS, () => "it is there still");
});

Deno.test("a message without end is cut off once its sender has been silent for two heartbeats", async () => {
  await using server = await startServer({ env: { HEARTBEAT_MS: "200" } });
  const [ann] = await server.users("ann");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  const part = new Uint8Array(16_384).fill(120);
  let sent = 0;
  const sending = (async () => {
    for (let opcode: number = OPCODE.text;; opcode = OPCODE.continuation, sent++) {
      await socket.frame(opcode, part, false);
      await socket.frame(OPCODE.pong, ""); // on the level of the protocol it seems alive
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })().catch(() => undefined);
  // Whether it is told why is a matter of luck: the runtime ends a closing socket at the next frame that comes in.
  await socket.readToEnd();
  await sending;
  assert(sent > 0);
  const { body } = await server.call(undefined, "GET /metrics");
  assert(body.includes('parley_connections_ended_total{reason="no_heartbeat"} 1\n'));
  await until(async () => await lingering(server) === "0", PATIENCE_MS, () => "it is there still");
});

Deno.test("a frame of more than 64 MiB is refused by its head", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  await socket.announce(64 * MB + 1);
  await socket.readToEnd();
});

Deno.test("a smaller frame that does not come is waited for two heartbeats", async () => {
  await using server = await startServer({ env: { HEARTBEAT_MS: "200" } });
  const [ann] = await server.users("ann");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  await socket.announce(64 * MB - 1);
  assert(closing(4408).test(await socket.readToEnd()));
  await until(async () => await lingering(server) === "0", PATIENCE_MS, () => "it is there still");
});

Deno.test("sockets that linger count against MAX_CONNECTIONS_PER_USER, of their user alone, until they end", async () => {
  await using server = await startServer({ env: { MAX_CONNECTIONS_PER_USER: "1" } });
  const [ann, ben] = await server.users("ann", "ben");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  // The newer one shows the older one out, which does not answer.
  using next = await connect(server.url, ann);
  assertEquals(await lingering(server), "1");
  using refused = await raw(server, ann);
  assert((await refused.readTo("overloaded")).includes(" 503 "));
  using others = await connect(server.url, ben);
  assert(closing(4413).test(await socket.readToEnd()));
  await until(async () => await lingering(server) === "0", PATIENCE_MS, () => "it is there still");
  using last = await connect(server.url, ann);
  assertEquals((await next.closed).code, 4413);
  for (const one of [others, last]) await one.end();
});

Deno.test("sockets that linger count against MAX_CONNECTIONS", async () => {
  await using server = await startServer({ env: { MAX_CONNECTIONS: "1", HEARTBEAT_MS: "300" } });
  const [ann, ben] = await server.users("ann", "ben");
  using socket = await raw(server, ann);
  await socket.readTo("hello");
  await until(async () => await lingering(server) === "1", PATIENCE_MS, () => "it was not closed");
  using refused = await raw(server, ben);
  assert((await refused.readTo("overloaded")).includes(" 503 "));
  await socket.frame(OPCODE.close, "\x03\xe8");
  await until(async () => await lingering(server) === "0", PATIENCE_MS, () => "it is there still");
  using taken = await connect(server.url, ben);
  await taken.end();
});

/** A hub whose memory and connections a test sets. */
class Yard {
  readonly clock = new StallingClock();
  readonly hub: Hub;
  readonly #pressure: Pressure;
  #usage: MemoryUsage = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0 };

  constructor() {
    const { clock } = this;
    const listeners = { onRoomMessage() {}, onUserMessage() {}, onShownOut() {} };
    this.hub = new Hub({ clock, bus: new MemoryBus(), log: silentLogger } as never, listeners);
    const limits = { maxMemory: 1_000 * MB, maxLoopDelayMs: 0 };
    this.#pressure = new Pressure({ clock, memory: () => this.#usage, limits });
    const meters = new Meters(new Metrics());
    const shedding = new Shedding({ clock, hub: this.hub, pressure: this.#pressure, meters });
    this.#pressure.onLook(() => shedding.look());
    this.#pressure.start();
  }

  /** A connection that was last heard now. */
  enter(userId: string): FakeTransport {
    const { connection, transport } = liveConnection(userId, undefined, (ended) => this.hub.remove(ended));
    connection.heardAt = this.clock.now();
    this.hub.add(connection);
    return transport;
  }

  /** All who are there are heard. */
  hear(...userIds: readonly string[]): void {
    for (const connection of this.hub.connections) {
      if (userIds.includes(connection.userId)) connection.heardAt = this.clock.now();
    }
  }

  /** Lets a time pass in which the process holds this much, `heap` of it JavaScript's. */
  hold(rss: number, ms = LOOK_MS, heap = 0): void {
    this.#usage = { rss: rss * MB, heapTotal: heap * MB, heapUsed: heap * MB, external: 0 };
    this.clock.move(ms);
  }

  get there(): string[] {
    return [...this.hub.connections].map(({ userId }) => userId).sort();
  }
}

Deno.test("while memory is a tenth above its bound, those for whom the most waits are given up, and no others", () => {
  const yard = new Yard();
  const waiting = [["a", 60_000], ["b", 70_000_000], ["c", 40_000_000], ["d", 80_000_000]] as const;
  const transports = new Map(waiting.map(([name, bytes]) => {
    const transport = yard.enter(name);
    transport.bufferedAmount = bytes;
    return [name, transport];
  }));
  yard.hold(1_000, 5_000);
  yard.hold(1_100, 5_000);
  assertEquals(yard.there, ["a", "b", "c", "d"]);
  yard.hold(1_101);
  assertEquals(yard.there, ["a", "c"]);
  assertEquals(transports.get("d")?.closed, { code: 4504, reason: "too_slow" });
  yard.hold(1_101, 200);
  assertEquals(yard.there, ["a", "c"], "what was given up shows after a while");
  yard.hold(1_101, 200);
  assertEquals(yard.there, ["a"]);
});

Deno.test("while no queue explains what grows, those are given up first who may send a message without end", () => {
  const yard = new Yard();
  for (let at = 0; at < 100; at++) yard.enter(`idle${String(at).padStart(2, "0")}`);
  for (let second = 0; second < 25; second++) {
    yard.hold(500, 1_000);
    yard.hear(...Array.from({ length: 4 }, (_, at) => `idle${String(second * 4 + at).padStart(2, "0")}`));
  }
  for (const name of ["evil0", "evil1", "evil2"]) yard.enter(name);
  for (let held = 500; held <= 1_100; held += 50) {
    yard.hold(held, 500);
    if (held === 800) yard.enter("late");
  }
  yard.hear("idle00", "idle01");
  assertEquals(yard.there.length, 104);
  yard.hold(1_200);
  const gone = ["evil0", "evil1", "evil2"].filter((name) => !yard.there.includes(name));
  assertEquals(gone, ["evil0", "evil1", "evil2"]);
  assertEquals(yard.there.length, 104 - 7, "a sixteenth, and not more");
  for (const name of ["late", "idle00", "idle01"]) assert(yard.there.includes(name), name);
  yard.hold(600, 10_000);
  assertEquals(yard.there.length, 104 - 7, "nobody goes once memory is back");
});

Deno.test("while JavaScript's own memory is what grows, nobody who is silent is given up for it", () => {
  const yard = new Yard();
  for (const name of ["a", "b"]) yard.enter(name);
  yard.hold(500, 30_000, 400);
  for (let held = 500; held <= 1_300; held += 100) yard.hold(held, 1_000, held - 100);
  assertEquals(yard.there, ["a", "b"]);
});

Deno.test("while memory grows at once, who was heard within a second and a half is not given up for it", () => {
  const yard = new Yard();
  for (const name of ["quiet", "talks"]) yard.enter(name);
  yard.hold(500, 5_000);
  yard.hear("quiet");
  yard.hold(500);
  yard.hear("talks");
  yard.hold(500, 1_300);
  yard.hold(1_200);
  assertEquals(yard.there, ["talks"], "one was heard 1,500 ms ago, the other 1,400");
});

Deno.test("while the loop is late as well, who was heard in the time that it is late by is not given up either", () => {
  const yard = new Yard();
  for (const name of ["quiet", "talks"]) yard.enter(name);
  yard.hold(500, 5_000);
  yard.hear("quiet");
  yard.hold(500, 1_000);
  yard.hear("talks");
  for (let turn = 0; turn < 3; turn++) yard.clock.stall(400);
  yard.hold(1_200);
  assertEquals(
    yard.there,
    ["talks"],
    "one was heard 2,600 ms ago, the other 1,600, and the loop is late by some 250",
  );
});
