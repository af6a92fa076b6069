import { assertEquals } from "@std/assert";
import { MemoryBus } from "../../src/adapters/bus_memory.ts";
import type { JoinedSignal } from "../../src/order/changes.ts";
import { userTopic } from "../../src/order/changes.ts";
import { participants } from "../../src/order/records.ts";
import type { Query, Store } from "../../src/ports/store.ts";
import { until } from "../support/cluster_random.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { connect } from "../support/socket.ts";

/** A store whose look-up of a user's memberships, once made, waits for what `until` gives before it is answered. */
function holding(store: Store, until: () => Promise<void> | undefined): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        const answer: unknown = await value.apply(target, args);
        const query = args[1] as Query<{ id: string; userId: string }> | undefined;
        if (key === "find" && args[0] === participants && query?.where?.userId !== undefined) await until();
        return answer;
      };
    },
  });
}

async function running(server: TestServer, what: "running" | "waiting"): Promise<number> {
  const { body } = await server.call(undefined, "GET /metrics");
  return Number(new RegExp(`^parley_resumptions_${what} (.*)$`, "m").exec(body)?.[1]);
}

const cases = [
  { when: "it resumes", sockets: 1, counted: "running" },
  { when: "it waits for its turn to resume", sockets: 17, counted: "waiting" },
] as const;

for (const { when, sockets: count, counted } of cases) {
  Deno.test(`a client that is told of a membership again while ${when} gets what it has missed all the same`, async () => {
    const gate = Promise.withResolvers<void>();
    const bus = new MemoryBus();
    let held = false;
    const wrap = (store: Store) => holding(store, () => held ? gate.promise : undefined);
    await using server = await startServer({ bus, wrap });
    const [ann, ben] = await server.users("ann", "ben");
    const id = await server.group(ann, [ben]);
    const { rev } = await server.send(ann, id, "seen");
    await server.send(ann, id, "missed");
    const sockets = await Promise.all(Array.from({ length: count }, () => connect(server.url, ben)));
    held = true;
    const resuming = sockets.map((socket) => socket.resume({ [id]: rev }));
    const last = counted === "running" ? count : count - 16;
    await until(async () => await running(server, counted) === last, 20_000, () => "they do not resume");
    const joined: JoinedSignal = { kind: "joined", conversationId: id, rev: 0 };
    bus.publish(userTopic(ben.id), joined);
    // What the signal leads to has had its time once those after it have been answered.
    for (const socket of sockets) await socket.caughtUp();
    gate.resolve();
    await Promise.all(resuming);
    for (const socket of sockets) {
      const told = socket.received.filter(({ conversationId }) => conversationId === id);
      assertEquals(told.map(({ event, data }) => [event, data.changes?.length]), [["sync", 1]]);
      await socket.end();
    }
  });
}
