import { assertEquals } from "@std/assert";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import type { Pass } from "../../src/kernel/turnstile.ts";
import { conversations, participantId, participants } from "../../src/order/records.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Collection, Doc, Head, Query } from "../../src/ports/store.ts";
import { FrameMaker } from "../../src/realtime/frames.ts";
import { Hub } from "../../src/realtime/hub.ts";
import { Resumption } from "../../src/realtime/resume.ts";
import type { Cursors } from "../../src/realtime/resume.ts";
import type { Views } from "../../src/realtime/views.ts";
import type { World } from "../modules/messages_support.ts";
import { openWorld } from "../modules/messages_support.ts";
import { altered } from "../order/altered.ts";
import { TestClock } from "../support/http.ts";
import type { FakeTransport } from "./fakes.ts";
import { liveConnection } from "./fakes.ts";

/** A hub over a world, in which ann's one connection resumes. */
class Bench implements AsyncDisposable {
  readonly ann: string;
  readonly hub: Hub;
  readonly resumption: Resumption;
  readonly transport: FakeTransport;
  readonly #connection;
  #pass: Pass | undefined;
  /** Waited for before a conversation is shown. */
  shown: Promise<void> = Promise.resolve();
  /** What happens once after memberships were read. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  finds = 0;

  private constructor(readonly world: World, bus: Bus) {
    const views: Views = {
      messages: (_, records) => Promise.resolve(records),
      committed: (_, records) => Promise.resolve(records),
      conversations: async (memberships) => {
        await this.shown;
        return memberships.map(({ head }) => ({ id: head.id }));
      },
      participants: (records) => Promise.resolve(records),
    };
    const store = altered(world.store, {
      find: async <T extends Doc>(from: Collection<T>, query: Query<T>, under?: readonly Head[]) => {
        this.finds++;
        const found = await world.store.find(from, query, under);
        const meanwhile = this.meanwhile;
        if (!under) return found;
        this.meanwhile = () => Promise.resolve();
        await meanwhile();
        return found;
      },
    });
    const [clock, log] = [new TestClock(), silentLogger];
    const listeners = { onRoomMessage() {}, onUserMessage() {}, onShownOut() {} };
    this.hub = new Hub({ store, clock, bus, log, frames: new FrameMaker(store, views) }, listeners);
    this.resumption = new Resumption({ store, clock, hub: this.hub, views });
    this.ann = world.people.add("ann");
    const { connection, transport } = liveConnection(this.ann, undefined, (ended) => this.hub.remove(ended));
    this.#connection = connection;
    this.transport = transport;
    this.hub.add(connection);
  }

  static async open(bus: Bus = new MemoryBus()): Promise<Bench> {
    const bench = new Bench(await openWorld(), bus);
    bench.#pass = await bench.resumption.turnstile.enter();
    return bench;
  }

  async all(cursors: Cursors = new Map()): Promise<void> {
    if (this.#pass) await this.resumption.all(this.#connection, cursors, true, this.#pass);
  }

  async one(conversationId: string): Promise<void> {
    await this.resumption.one(this.#connection, conversationId);
  }

  /** Time in which what waits for nothing is done. */
  async pause(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await this.world.store.heads(conversations, ["none"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub.close();
    await this.world[Symbol.asyncDispose]();
  }
}

Deno.test("a resumption is not done before what the user was told of meanwhile is resumed too", async () => {
  await using bench = await Bench.open();
  const id = await bench.world.group(bench.ann);
  const shown = Promise.withResolvers<void>();
  bench.shown = shown.promise;
  let done = false;
  const all = bench.all().then(() => done = true);
  const one = bench.one(id);
  await bench.pause();
  assertEquals(done, false);
  shown.resolve();
  await Promise.all([all, one]);
  await bench.transport.until(1);
  assertEquals(bench.transport.sent.map(({ event }) => event), ["conversation_added"]);
});

Deno.test("a resumption reads what the user is a member of only once new memberships would be heard of", async () => {
  const subscribed = Promise.withResolvers<() => void>();
  const bus = Object.assign(new MemoryBus(), { subscribe: () => subscribed.promise });
  await using bench = await Bench.open(bus);
  const all = bench.all();
  await bench.pause();
  assertEquals(bench.finds, 0);
  subscribed.resolve(() => {});
  await all;
  assertEquals(bench.finds > 0, true);
});

Deno.test("a hidden conversation that comes back while it is looked at is told as gone, and as new", async () => {
  await using bench = await Bench.open();
  const { world, ann, hub } = bench;
  const ben = world.people.add("ben");
  const id = await world.direct(ann, ben);
  await world.send(ben, id, "one");
  await world.store.patch(participants, participantId(id, ann), { set: { hiddenSeq: 1 } });
  bench.meanwhile = async () => {
    await world.send(ben, id, "two");
    const { connection } = liveConnection(ben);
    const room = await hub.enter(connection, id);
    room.settle(connection, await world.head(id));
  };
  await bench.all(new Map([[id, 1]]));
  await bench.transport.until(2);
  const told = bench.transport.sent.map(({ event, rev }) => [event, rev]);
  assertEquals(told, [["conversation_removed", 1], ["conversation_added", 2]]);
});
