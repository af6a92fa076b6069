import { assertEquals } from "@std/assert";
import { silentLogger } from "../../src/kernel/log.ts";
import type { Hint } from "../../src/order/changes.ts";
import { conversations } from "../../src/order/records.ts";
import type { Store } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Connection } from "../../src/realtime/connection.ts";
import { Feed } from "../../src/realtime/feed.ts";
import { FrameMaker } from "../../src/realtime/frames.ts";
import { Room } from "../../src/realtime/room.ts";
import type { Views } from "../../src/realtime/views.ts";
import type { World } from "../modules/messages_support.ts";
import { countingReads, openWorld } from "../modules/messages_support.ts";
import { TestClock } from "../support/http.ts";
import type { FakeTransport } from "./fakes.ts";
import { liveConnection } from "./fakes.ts";

/** Records as they are stored. */
const views: Views = {
  messages: (_, records) => Promise.resolve(records),
  committed: (_, records) => Promise.resolve(records),
  conversations: (memberships) => Promise.resolve(memberships.map(({ head }) => ({ name: head.name }))),
  participants: (records) => Promise.resolve(records),
};

/** A conversation of Ann and Ben, and a feed that hears of it what a test lets through. */
class Bench implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly ann: string;
  readonly ben: string;
  id = "";
  room = new Room("", { onEmpty: () => {}, onShownOut: () => {} });
  feed: Feed | undefined;

  private constructor(readonly world: World, readonly store: Store) {
    this.ann = world.people.add("ann");
    this.ben = world.people.add("ben");
  }

  static async open(wrap: (store: Store) => Store = (store) => store): Promise<Bench> {
    const world = await openWorld();
    const bench = new Bench(world, wrap(world.store));
    bench.id = await world.group(bench.ann, bench.ben);
    bench.room = new Room(bench.id, { onEmpty: () => {}, onShownOut: () => {} });
    const { clock, store } = bench;
    bench.feed = new Feed(bench.room, {
      store,
      clock,
      log: silentLogger,
      frames: new FrameMaker(store, views),
    });
    return bench;
  }

  /** A connection of a user that stands at the head. */
  async join(userId: string): Promise<FakeTransport> {
    const { connection, transport } = liveConnection(userId);
    this.room.enter(connection);
    await this.settle(connection);
    return transport;
  }

  async settle(connection: Connection): Promise<void> {
    this.room.settle(connection, await this.world.head(this.id));
    this.feed?.wake();
  }

  async say(...texts: string[]): Promise<void> {
    for (const text of texts) await this.world.send(this.ann, this.id, text);
  }

  hint(index: number): Hint {
    const hint = this.world.hints[index];
    if (!hint) throw new Error(`there is no hint ${index}`);
    return hint;
  }

  hear(...indexes: number[]): void {
    for (const index of indexes) this.feed?.hear(this.hint(index));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

const shown = (transport: FakeTransport) =>
  transport.sent.map(({ event, rev, data }) => [event, rev, data.content?.text]);

Deno.test("hints that follow each other are passed on as they are, without asking the store", async () => {
  let reads = () => 0;
  await using bench = await Bench.open((store) => {
    const counted = countingReads(store);
    reads = counted.reads;
    return counted.store;
  });
  const transport = await bench.join(bench.ben);
  await bench.say("one", "two");
  bench.hear(0, 1);
  await transport.until(2);
  assertEquals(shown(transport), [["new_message", 1, "one"], ["new_message", 2, "two"]]);
  assertEquals(reads(), 0);
});

Deno.test("hints that are doubled or old are dropped", async () => {
  await using bench = await Bench.open();
  const transport = await bench.join(bench.ben);
  await bench.say("one", "two", "three");
  bench.hear(0, 0, 1, 0, 1, 2, 2);
  await transport.until(3);
  assertEquals(shown(transport).map(([, rev]) => rev), [1, 2, 3]);
});

Deno.test("of a hint that tells of older changes too, those alone are passed on that are new", async () => {
  await using bench = await Bench.open();
  await bench.say("one");
  const transport = await bench.join(bench.ben);
  await bench.say("two");
  const [one, two] = [bench.hint(0), bench.hint(1)];
  bench.feed?.hear({ ...two, from: one.from, changes: [...one.changes, ...two.changes] });
  await transport.until(1);
  assertEquals(shown(transport), [["new_message", 2, "two"]]);
});

Deno.test("a hole is filled from the store before what lies beyond it, in rising rev", async () => {
  await using bench = await Bench.open();
  const transport = await bench.join(bench.ben);
  await bench.say("one", "two", "three", "four");
  bench.hear(2);
  await transport.until(4);
  bench.hear(0, 1, 3);
  await bench.say("five");
  bench.hear(4);
  await transport.until(5);
  assertEquals(shown(transport).map(([, rev, text]) => [rev, text]), [
    ...[[1, "one"], [2, "two"], [3, "three"], [4, "four"], [5, "five"]],
  ]);
});

Deno.test("in a hole, what changed again is told once, as it now is and by what it is to who stands there", async () => {
  await using bench = await Bench.open();
  const { world, id, ann } = bench;
  await bench.say("old");
  const transport = await bench.join(bench.ben);
  const { id: changed } = await world.send(ann, id, "new");
  const { id: gone } = await world.send(ann, id, "gone");
  await world.call(ann, "PUT", `/${changed}`, { content: "new, edited" });
  await world.call(ann, "DELETE", `/${gone}`);
  await world.call(ann, "PUT", `/${id}-1`, { content: "old, edited" });
  bench.feed?.suspect();
  await transport.until(3);
  assertEquals(shown(transport), [
    ["new_message", 4, "new, edited"],
    ["message_deleted", 5, ""],
    ["message_edited", 6, "old, edited"],
  ]);
});

Deno.test("a removal inside a hole is told at its own rev, and the removed user gets nothing later", async () => {
  await using bench = await Bench.open();
  const { world, id, ben } = bench;
  const [a, b] = [await bench.join(bench.ann), await bench.join(ben)];
  await bench.say("before");
  await world.change(id, ben, "none");
  const { rev } = await world.head(id);
  await bench.say("after");
  bench.hear(2);
  await Promise.all([a.until(3), b.until(2)]);
  assertEquals(b.sent.map(({ event, rev }) => [event, rev]), [["new_message", 1], [
    "conversation_removed",
    rev,
  ]]);
  assertEquals(a.sent.map(({ event, rev }) => [event, rev]), [
    ["new_message", 1],
    ["conversation_updated", rev],
    ["new_message", rev + 1],
  ]);
});

Deno.test("of several changes of the conversation inside a hole, the last is told, and every removal to whom it removes", async () => {
  await using bench = await Bench.open();
  const { world, id, ben } = bench;
  const [a, b] = [await bench.join(bench.ann), await bench.join(ben)];
  await world.change(id, ben, "none");
  const { rev } = await world.head(id);
  await world.messages.writer.write(id, { plan: (draft) => draft.changeConversation({ name: "Tea" }) });
  bench.feed?.suspect();
  await Promise.all([a.until(1), b.until(1)]);
  assertEquals(b.sent.map(({ event, rev }) => [event, rev]), [["conversation_removed", rev]]);
  assertEquals(a.sent.map(({ event, rev }) => [event, rev]), [["conversation_updated", rev + 1]]);
});

Deno.test("what retention strips inside a hole is told by the conversation, not message by message", async () => {
  await using bench = await Bench.open();
  await bench.say("one", "two", "three");
  const transport = await bench.join(bench.ben);
  await bench.world.strip(bench.id, 3);
  const { rev } = await bench.world.head(bench.id);
  await bench.say("four");
  bench.feed?.suspect();
  await transport.until(2);
  assertEquals(transport.sent.map(({ event, rev }) => [event, rev]), [
    ["conversation_updated", rev],
    ["new_message", rev + 1],
  ]);
});

Deno.test("a feed that the store fails asks again, and nothing is lost", async () => {
  let failing = false;
  let failed: () => void = () => {};
  await using bench = await Bench.open((store) =>
    new Proxy(store, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (!failing) return value.apply(target, args);
          setTimeout(() => failed());
          return Promise.reject(new StoreUnavailable("down"));
        };
      },
    })
  );
  const transport = await bench.join(bench.ben);
  await bench.say("one", "two");
  failing = true;
  const noticed = new Promise<void>((resolve) => failed = resolve);
  bench.hear(1);
  await noticed;
  failing = false;
  bench.clock.move(1_000);
  await transport.until(2);
  assertEquals(shown(transport).map(([, rev]) => rev), [1, 2]);
});

Deno.test("a suspicion that comes while the store is being read is not forgotten", async () => {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let holding = false;
  await using bench = await Bench.open((store) =>
    new Proxy(store, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (key !== "heads") return value.bind(target);
        return async (...args: unknown[]) => {
          const answer: unknown = await value.apply(target, args);
          if (holding && args[0] === conversations) {
            holding = false;
            reached.resolve();
            await go.promise;
          }
          return answer;
        };
      },
    })
  );
  const transport = await bench.join(bench.ben);
  await bench.say("one");
  holding = true;
  bench.feed?.suspect();
  await reached.promise;
  await bench.say("two");
  bench.feed?.suspect();
  go.resolve();
  await transport.until(2);
  assertEquals(shown(transport).map(([, rev]) => rev), [1, 2]);
});

Deno.test("hints wait until someone stands somewhere, and those before are dropped", async () => {
  await using bench = await Bench.open();
  const { connection, transport } = liveConnection(bench.ben);
  bench.room.enter(connection);
  await bench.say("one", "two");
  bench.hear(0);
  const head = await bench.world.head(bench.id);
  await bench.say("three");
  bench.hear(2, 1);
  bench.room.settle(connection, head);
  bench.feed?.wake();
  await transport.until(1);
  assertEquals(shown(transport), [["new_message", 3, "three"]]);
});

Deno.test("a conversation that is no more is told to everyone as removed", async () => {
  await using bench = await Bench.open();
  const transport = await bench.join(bench.ben);
  await bench.world.messages.writer.write(bench.id, {
    plan: (draft) => draft.changeConversation({ endedAt: "2026-01-01T00:00:00.000Z" }),
  });
  bench.feed?.suspect();
  await transport.until(1);
  assertEquals(shown(transport).map(([event]) => event), ["conversation_removed"]);
  assertEquals(bench.room.empty, true);
});
