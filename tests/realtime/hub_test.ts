import { assertEquals } from "@std/assert";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { conversationTopic } from "../../src/order/changes.ts";
import { Hub } from "../../src/realtime/hub.ts";
import type { HubDeps } from "../../src/realtime/hub.ts";
import { TestClock } from "../support/http.ts";
import { headAt, liveConnection } from "./fakes.ts";

/** A hub over a store of which only heads are read. */
function open(): { hub: Hub; heard: unknown[]; bus: MemoryBus; reads: () => number } {
  let reads = 0;
  const heard: unknown[] = [];
  const bus = new MemoryBus();
  const store = { heads: () => (reads++, Promise.resolve([headAt(5)])) };
  const deps = { store, bus, clock: new TestClock(), log: silentLogger, frames: {} };
  const hub = new Hub(deps as unknown as HubDeps, {
    onRoomMessage: (_, message) => void heard.push(message.kind),
    onUserMessage() {},
    onShownOut() {},
  });
  return { hub, heard, bus, reads: () => reads };
}

Deno.test("a conversation is heard of while somebody is in its room", async () => {
  const { hub, heard, bus } = open();
  const { connection } = liveConnection("ann");
  bus.publish(conversationTopic("c"), { kind: "before" });
  const room = await hub.enter(connection, "c");
  bus.publish(conversationTopic("c"), { kind: "while" });
  room.leave(connection);
  await Promise.resolve();
  bus.publish(conversationTopic("c"), { kind: "after" });
  assertEquals([heard, hub.roomCount, bus.stats().topics], [["while"], 0, 0]);
});

Deno.test("who leaves a room twice does not take away the one that was opened since", async () => {
  const { hub } = open();
  const [ann, ben] = [liveConnection("ann").connection, liveConnection("ben").connection];
  const first = await hub.enter(ann, "c");
  first.leave(ann);
  const second = await hub.enter(ben, "c");
  first.leave(ann);
  assertEquals([hub.room("c") === second, hub.room("c") === first, second.has(ben)], [true, false, true]);
});

Deno.test("a room that has come as far as a rev is not looked at again", async () => {
  const { hub, reads } = open();
  const { connection } = liveConnection("ann");
  const room = await hub.enter(connection, "c");
  hub.compare("c", 9);
  room.settle(connection, headAt(5));
  for (const rev of [4, 5]) hub.compare("c", rev);
  hub.compare("none", 1);
  assertEquals(reads(), 0, "it has no place yet, or is there");
});
