import { assert, assertEquals } from "@std/assert";
import { newId } from "../../src/kernel/ids.ts";
import type { Bus, BusMessage, ObservedBus } from "../../src/ports/bus.ts";
import { until } from "../support/redis/adapters.ts";

/** A message that tells which one it is. */
interface Numbered extends BusMessage {
  readonly n: number;
}

const message = (n: number): Numbered => ({ kind: "test", n });

/** Listens and keeps what comes. */
async function listen(bus: Bus, topic: string): Promise<{ heard: BusMessage[]; leave: () => void }> {
  const heard: BusMessage[] = [];
  const leave = await bus.subscribe(topic, (one) => heard.push(one));
  return { heard, leave };
}

export interface BusCase {
  readonly name: string;
  readonly run: (open: () => Promise<ObservedBus>) => Promise<void>;
}

/** What every bus does for the listeners of its own node. */
export const busCases: readonly BusCase[] = [
  {
    name: "publish() reaches this node's listeners before it returns, once",
    async run(open) {
      const bus = await open();
      const [one, other] = [await listen(bus, "a"), await listen(bus, "a")];
      bus.publish("a", message(1));
      assertEquals([one.heard, other.heard], [[message(1)], [message(1)]]);
      const fence = await listen(bus, "fence");
      bus.publish("fence", message(2));
      await until(() => fence.heard.length > 0);
      assertEquals(one.heard.length, 1);
    },
  },
  {
    name: "publish() reaches nobody on another topic",
    async run(open) {
      const bus = await open();
      const { heard } = await listen(bus, "a");
      bus.publish("b", message(1));
      bus.publish("a", message(2));
      assertEquals(heard, [message(2)]);
    },
  },
  {
    name: "subscribe() answers how to leave, also one of two alike, twice or in the middle of a message",
    async run(open) {
      const bus = await open();
      const heard: BusMessage[] = [];
      const listener = (one: BusMessage) => void heard.push(one);
      const leave = await bus.subscribe("a", listener);
      const leaveOther = await bus.subscribe("a", listener);
      bus.publish("a", message(1));
      leave();
      leave();
      bus.publish("a", message(2));
      assertEquals(heard, [message(1), message(1), message(2)]);
      leaveOther();
      const last = await bus.subscribe("a", () => last());
      bus.publish("a", message(3));
      assertEquals([heard.length, bus.stats().topics], [3, 0]);
    },
  },
  {
    name: "publish() never throws, whatever a listener does, and the others hear",
    async run(open) {
      const bus = await open();
      await bus.subscribe("a", () => {
        throw new Error("a listener's own");
      });
      const { heard } = await listen(bus, "a");
      bus.publish("a", message(1));
      assertEquals(heard, [message(1)]);
    },
  },
  {
    name: "stats() counts topics while they have a listener",
    async run(open) {
      const bus = await open();
      const [one, same, other] = [await listen(bus, "a"), await listen(bus, "a"), await listen(bus, "b")];
      assertEquals(bus.stats().topics, 2);
      one.leave();
      other.leave();
      assertEquals(bus.stats().topics, 1);
      same.leave();
      assertEquals(bus.stats().topics, 0);
      assert(bus.stats().connected);
    },
  },
  {
    name: "close() ends every subscription",
    async run(open) {
      const bus = await open();
      const { heard } = await listen(bus, "a");
      await bus.close();
      bus.publish("a", message(1));
      assertEquals(heard, []);
    },
  },
];

/** What a bus does between nodes. */
export const sharedBusCases: readonly BusCase[] = [
  {
    name: "publish() reaches another node's listeners once, as it was, in order",
    async run(open) {
      const [here, there] = [await open(), await open()];
      const { heard } = await listen(there, "a");
      const sent = Array.from({ length: 1_000 }, (_, n) => message(n));
      for (const one of sent) here.publish("a", one);
      await until(() => heard.length >= sent.length);
      assertEquals(heard, sent);
      assertEquals([there.stats().received, here.stats().published, here.stats().dropped], [1_000, 1_000, 0]);
    },
  },
  {
    name: "any text and any topic travels unchanged",
    async run(open) {
      const [here, there] = [await open(), await open()];
      const topic = `c:${newId()} ", \n é 👩‍👩‍👧`;
      const { heard } = await listen(there, topic);
      const texts = [
        "",
        "a\nb\r\n\r\ndata: x\u2028\u2029",
        'q"\\u0000\0',
        "हिन्दी 日本語 👩‍👩‍👧",
        "x".repeat(100_000),
      ];
      for (const text of texts) here.publish(topic, { kind: "text", text } as BusMessage);
      await until(() => heard.length >= texts.length);
      assertEquals(heard, texts.map((text) => ({ kind: "text", text })));
    },
  },
  {
    name: "subscribe() resolves when messages will arrive, for many topics at once and for a second listener",
    async run(open) {
      const [here, there] = [await open(), await open()];
      const topics = Array.from({ length: 300 }, (_, n) => `t${n}`);
      const all = await Promise.all([...topics, ...topics].map((topic) => listen(there, topic)));
      for (const topic of topics) here.publish(topic, message(1));
      await until(() => all.every(({ heard }) => heard.length > 0));
      assertEquals(all.map(({ heard }) => heard.length), all.map(() => 1));
    },
  },
  {
    name: "a topic that was left and taken again is heard, whatever the order of the turns",
    async run(open) {
      const [here, there] = [await open(), await open()];
      for (let round = 0; round < 20; round++) {
        const first = await listen(there, "a");
        first.leave();
        if (round % 2) await new Promise((resolve) => setTimeout(resolve, 0));
        const { heard, leave } = await listen(there, "a");
        here.publish("a", message(round));
        await until(() => heard.length > 0);
        assertEquals([first.heard, heard], [[], [message(round)]]);
        leave();
      }
    },
  },
  {
    name: "a node does not hear its own messages twice, while others do hear them",
    async run(open) {
      const [here, there] = [await open(), await open()];
      const [own, others] = [await listen(here, "a"), await listen(there, "a")];
      here.publish("a", message(1));
      there.publish("a", message(2));
      await until(() => own.heard.length >= 2 && others.heard.length >= 2);
      here.publish("a", message(3));
      await until(() => others.heard.length >= 3);
      assertEquals(own.heard, [message(1), message(2), message(3)]);
      assertEquals(others.heard, [message(2), message(1), message(3)]);
    },
  },
  {
    name: "close() gives out first what was published",
    async run(open) {
      const [here, there] = [await open(), await open()];
      const { heard } = await listen(there, "a");
      here.publish("a", message(1));
      await here.close();
      await until(() => heard.length > 0);
      assertEquals(heard, [message(1)]);
    },
  },
];
