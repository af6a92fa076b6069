import { assertEquals } from "@std/assert";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import type { Bus, BusMessage, Unsubscribe } from "../../src/ports/bus.ts";
import { LOOK_EVERYWHERE_MS, LOOK_MS } from "../../src/realtime/lookout.ts";
import { TestClock } from "../support/http.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { connectLive } from "../support/socket.ts";

/** A bus that loses everything while it is `deaf`, and tells of a gap when it is told to. */
class DeafBus implements Bus {
  deaf = false;
  readonly #inner = new MemoryBus();
  readonly #listeners = new Set<() => void>();

  publish(topic: string, message: BusMessage): void {
    if (!this.deaf) this.#inner.publish(topic, message);
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): Promise<Unsubscribe> {
    return this.#inner.subscribe(topic, listener);
  }

  onGap(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tellGap(): void {
    for (const listener of this.#listeners) listener();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** A server whose bus will go deaf, and clients that may be silent for long. */
async function start(): Promise<{ server: TestServer; bus: DeafBus; clock: TestClock }> {
  const [bus, clock] = [new DeafBus(), new TestClock()];
  return { server: await startServer({ bus, clock, env: { HEARTBEAT_MS: "600000" } }), bus, clock };
}

Deno.test("a message whose hint was lost is found within 3 s where the conversation is open, within 60 s elsewhere", async () => {
  const { server, bus, clock } = await start();
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  const [open, closed] = [await server.group(ann, [ben]), await server.group(ann, [ben])];
  using socket = await connectLive(server.url, ben);
  await socket.do("join_conversation", { conversationId: open });
  bus.deaf = true;
  await server.send(ann, closed, "in the background");
  await server.send(ann, open, "in front");
  clock.move(LOOK_MS - 1);
  await socket.caughtUp();
  assertEquals(socket.unseen.includes("new_message"), false);
  clock.move(1);
  assertEquals((await socket.next("new_message")).data.content.text, "in front");
  clock.move(LOOK_EVERYWHERE_MS - 2 * LOOK_MS);
  await socket.caughtUp();
  assertEquals(socket.unseen.includes("new_message"), false);
  // A look that comes due while another is under way is left to the next one.
  while (!socket.unseen.includes("new_message")) {
    clock.move(LOOK_MS);
    await socket.caughtUp();
  }
  assertEquals((await socket.next("new_message")).data.content.text, "in the background");
});

Deno.test("everything that was lost is found at once when the bus tells of a gap", async () => {
  const { server, bus } = await start();
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ben);
  bus.deaf = true;
  await server.send(ann, id, "while nobody heard");
  bus.tellGap();
  assertEquals((await socket.next("new_message")).data.content.text, "while nobody heard");
});

Deno.test("who was added or removed while the bus was deaf is told so within 3 s", async () => {
  const { server, bus, clock } = await start();
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  const old = await server.group(ann, [ben]);
  using socket = await connectLive(server.url, ben);
  bus.deaf = true;
  const fresh = await server.group(ann, [ben]);
  await server.ok(ann, `DELETE /api/conversations/${old}/participants/${ben.id}`);
  await server.send(ann, old, "ben is gone");
  clock.move(LOOK_MS);
  assertEquals((await socket.next("conversation_added")).conversationId, fresh);
  assertEquals((await socket.next("conversation_removed")).conversationId, old);
  assertEquals(socket.unseen, []);
});

Deno.test("who became a member while the bus was deaf may open the conversation at once", async () => {
  const { server, bus } = await start();
  await using _ = server;
  const [ann, ben] = await server.users("ann", "ben");
  using socket = await connectLive(server.url, ben);
  bus.deaf = true;
  const id = await server.group(ann, [ben]);
  assertEquals((await socket.ask("join_conversation", { conversationId: id })).event, "joined_conversation");
  assertEquals((await socket.next("conversation_added")).conversationId, id);
  const foreign = await server.group(ann);
  assertEquals(await socket.code("join_conversation", { conversationId: foreign }), "not_found");
});

Deno.test("a session that was ended while the bus was deaf loses its sockets within 3 s, and no other does", async () => {
  const { server, bus, clock } = await start();
  await using _ = server;
  const [ann] = await server.users("ann");
  const again = await server.login(ann);
  using here = await connectLive(server.url, ann);
  using there = await connectLive(server.url, again);
  bus.deaf = true;
  await server.ok(ann, "POST /api/auth/logout");
  await here.caughtUp();
  clock.move(LOOK_MS);
  assertEquals((await here.closed).code, 4401);
  await there.caughtUp();
});

Deno.test("sessions ended while the bus was deaf lose their sockets at once when it tells of a gap", async () => {
  const { server, bus } = await start();
  await using _ = server;
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  bus.deaf = true;
  await server.ok(ann, "POST /api/auth/logout");
  bus.tellGap();
  assertEquals((await socket.closed).code, 4401);
});
