import { assertEquals } from "@std/assert";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { MemoryPresence } from "../../src/adapters/presence_memory.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { messageCommands } from "../../src/modules/messages/commands.ts";
import { createMessages } from "../../src/modules/messages/service.ts";
import { publishHint } from "../../src/order/publish.ts";
import { Writer } from "../../src/order/writer.ts";
import { MAX_BUFFERED } from "../../src/realtime/connection.ts";
import { Gateway } from "../../src/realtime/gateway.ts";
import type { Accepted } from "../../src/realtime/transport.ts";
import { TestClock } from "../support/http.ts";
import type { World } from "../modules/messages_support.ts";
import { openWorld } from "../modules/messages_support.ts";
import { FakeTransport } from "./fakes.ts";

/** A gateway over the messages module, with sockets that a test looks into. */
class Bench implements AsyncDisposable {
  readonly gateway: Gateway;

  private constructor(readonly world: World, gateway: Gateway) {
    this.gateway = gateway;
  }

  static async open(clock: Clock = systemClock): Promise<Bench> {
    const world = await openWorld();
    const { store } = world;
    const bus = new MemoryBus();
    const publish = (hint: Parameters<typeof publishHint>[1]) => publishHint(bus, hint);
    const writer = new Writer({ store, clock: systemClock, publish, instance: "test" });
    const messages = createMessages({ ...world.messages, bus, writer });
    const gateway = new Gateway({
      ...{ store, bus, clock, log: silentLogger, region: "r", instance: "i" },
      presence: new MemoryPresence(),
      views: {
        messages: (head, records) => messages.views.show(head, records),
        committed: (head, records) => messages.views.showCommitted(head, records),
        conversations: (memberships) => Promise.resolve(memberships.map(({ head: { id } }) => ({ id }))),
        participants: (records) => Promise.resolve(records),
      },
      people: {
        blockedAmong: () => Promise.resolve(new Set()),
        visible: () => Promise.resolve(new Map()),
        watchable: () => Promise.resolve([]),
        recordSeen: () => Promise.resolve(),
      },
      commands: messageCommands(messages),
      limits: { heartbeatMs: 25_000, maxMessageLength: 8_000, messages: 0, maxConnectionsPerUser: 0 },
      verify: () => Promise.reject(new Error("nobody renews here")),
      takeMessage: () => Promise.resolve(),
    });
    return new Bench(world, gateway);
  }

  /** A socket of a user that has resumed. */
  async connect(userId: string): Promise<{ transport: FakeTransport; socket: Accepted }> {
    const transport = new FakeTransport();
    const principal = { userId, sessionId: "s", role: "user", expiresAt: Infinity } as const;
    const socket = this.gateway.accept(transport, principal);
    socket.receive('{"id":"r","event":"resume","data":{"cursors":{}}}');
    await transport.until(3);
    return { transport, socket };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.close();
    await this.world[Symbol.asyncDispose]();
  }
}

const say = (conversationId: string, clientId: string) =>
  JSON.stringify({ id: clientId, event: "send_message", data: { conversationId, clientId, content: "hi" } });

Deno.test("a reader behind whom more than 1 MiB waits is cut off and forgotten at once, and nobody else", async () => {
  await using bench = await Bench.open();
  const { world, gateway } = bench;
  const [ann, ben, cyd] = [world.people.add("ann"), world.people.add("ben"), world.people.add("cyd")];
  const id = await world.group(ann, ben, cyd);
  const sender = await bench.connect(ann);
  const [slow, quick] = [await bench.connect(ben), await bench.connect(cyd)];
  slow.transport.bufferedAmount = MAX_BUFFERED;
  sender.socket.receive(say(id, "1"));
  await Promise.all([slow.transport.until(4), quick.transport.until(4)]);
  assertEquals(slow.transport.closed, undefined);
  slow.transport.bufferedAmount = MAX_BUFFERED + 1;
  sender.socket.receive(say(id, "2"));
  await quick.transport.until(5);
  assertEquals(slow.transport.closed, { code: 4504, reason: "too_slow" });
  assertEquals([gateway.hub.size, gateway.hub.connectionsOf(ben).size], [2, 0]);
  assertEquals(
    [...gateway.hub.room(id)?.connections() ?? []].map(({ userId }) => userId).sort(),
    [ann, cyd].sort(),
  );
  const { frames } = slow.transport;
  const before = frames.length;
  slow.socket.receive(say(id, "3"));
  slow.socket.ended();
  sender.socket.receive(say(id, "4"));
  await Promise.all([quick.transport.until(6), sender.transport.until(9)]);
  assertEquals([frames.length, slow.transport.closed?.code], [before, 4504]);
});

Deno.test("a client that reads slowly while it resumes is waited for", async () => {
  await using bench = await Bench.open();
  const { world, gateway } = bench;
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const transport = new FakeTransport();
  transport.bufferedAmount = MAX_BUFFERED / 2;
  const principal = { userId: ann, sessionId: "s", role: "user", expiresAt: Infinity } as const;
  const socket = gateway.accept(transport, principal);
  socket.receive('{"id":"r","event":"resume","data":{"cursors":{}}}');
  socket.receive(say(id, "1"));
  await transport.until(1);
  transport.bufferedAmount = 0;
  await transport.until(5);
  const events = transport.sent.map(({ event }) => event);
  assertEquals(events.slice(0, 3), ["hello", "conversation_added", "synced"]);
  assertEquals(events.slice(3).sort(), ["ack", "new_message"]);
});

Deno.test("a client that reads something now and then while it resumes is waited for, one that reads nothing for 30 s is not", async () => {
  const clock = new TestClock();
  await using bench = await Bench.open(clock);
  const { world, gateway } = bench;
  const ann = world.people.add("ann");
  await world.group(ann);
  const transport = new FakeTransport();
  transport.bufferedAmount = MAX_BUFFERED;
  const principal = { userId: ann, sessionId: "s", role: "user", expiresAt: Infinity } as const;
  const socket = gateway.accept(transport, principal);
  socket.receive('{"id":"r","event":"resume","data":{"cursors":{}}}');
  while (gateway.resumptions.inside === 0) await turn();
  while (gateway.resumptions.inside === 1) await turn(); // others have its place while it reads
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.move(500);
      await turn();
    }
  };
  await pass(29_000);
  transport.bufferedAmount -= 1;
  await pass(29_000);
  assertEquals(transport.closed, undefined);
  await pass(2_000);
  assertEquals(transport.closed?.code, 4504);
  while (gateway.resumptions.inside > 0) await turn();
});

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("a socket that ends in the middle of a resumption leaves no room behind", async () => {
  await using bench = await Bench.open();
  const { world, gateway } = bench;
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const transport = new FakeTransport();
  const principal = { userId: ann, sessionId: "s", role: "user", expiresAt: Infinity } as const;
  const socket = gateway.accept(transport, principal);
  socket.receive('{"id":"r","event":"resume","data":{"cursors":{}}}');
  socket.ended();
  const witness = await bench.connect(ann);
  assertEquals([...gateway.hub.room(id)?.connections() ?? []].length, 1);
  witness.socket.ended();
  assertEquals([gateway.hub.room(id), gateway.hub.size], [undefined, 0]);
});
