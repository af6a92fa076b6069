import { assert, assertEquals } from "@std/assert";
import type { PresenceStore } from "../../src/ports/presence.ts";
import { until } from "../support/redis/adapters.ts";

export interface PresenceCase {
  readonly name: string;
  readonly run: (open: (leaseMs?: number) => Promise<PresenceStore>) => Promise<void>;
}

const online = async (presence: PresenceStore, ...userIds: string[]) =>
  [...await presence.online(userIds)].sort();

/** What every presence store does on one node. */
export const presenceCases: readonly PresenceCase[] = [
  {
    name: "acquire() and release() tell of the first and the last lease of a user",
    async run(open) {
      const presence = await open();
      assertEquals(await presence.acquire("ada", "1"), true);
      assertEquals(await presence.acquire("ada", "2"), false);
      assertEquals(await presence.acquire("ben", "3"), true);
      assertEquals(await presence.release("ada", "1"), false);
      assertEquals(await presence.release("ada", "2"), true);
      assertEquals(await presence.acquire("ada", "4"), true);
    },
  },
  {
    name: "release() of a lease that is not held leaves the others alone",
    async run(open) {
      const presence = await open();
      await presence.acquire("ada", "1");
      assertEquals(await presence.release("ada", "unknown"), false);
      assertEquals(await online(presence, "ada"), ["ada"]);
      assertEquals(await presence.release("ada", "1"), true);
    },
  },
  {
    name: "acquire() of a lease that is held already is not the first",
    async run(open) {
      const presence = await open();
      await presence.acquire("ada", "1");
      assertEquals(await presence.acquire("ada", "1"), false);
      assertEquals(await presence.release("ada", "1"), true);
    },
  },
  {
    name: "online() answers those who hold a lease, among none and among many",
    async run(open) {
      const presence = await open();
      const userIds = Array.from({ length: 1_200 }, (_, n) => `user-${n}`);
      await Promise.all(userIds.slice(0, 700).map((userId) => presence.acquire(userId, `of ${userId}`)));
      assertEquals(await presence.online([]), new Set());
      assertEquals(await presence.online(userIds), new Set(userIds.slice(0, 700)));
    },
  },
  {
    name: "nobody lapses who gave the lease back",
    async run(open) {
      const presence = await open();
      await presence.acquire("ada", "1");
      await presence.renew([["ada", "1"]]);
      await presence.release("ada", "1");
      assertEquals(await presence.lapsed(), []);
    },
  },
];

/** What nodes that share leases do. */
export const sharedPresenceCases: readonly PresenceCase[] = [
  {
    name: "of acquisitions at once on two nodes one is the first, of releases one is the last",
    async run(open) {
      const nodes = [await open(), await open()];
      const leases = Array.from({ length: 40 }, (_, n) => `${n}`);
      const of = (n: string) => nodes[Number(n) % 2] ?? fail();
      const firsts = await Promise.all(leases.map((id) => of(id).acquire("ada", id)));
      const lasts = await Promise.all(leases.map((id) => of(id).release("ada", id)));
      assertEquals([firsts.filter(Boolean).length, lasts.filter(Boolean).length], [1, 1]);
    },
  },
  {
    name: "a node sees the leases of another one",
    async run(open) {
      const [here, there] = [await open(), await open()];
      await here.acquire("ada", "1");
      assertEquals(await there.acquire("ada", "2"), false);
      assertEquals(await online(there, "ada", "ben"), ["ada"]);
      assertEquals(await here.release("ada", "1"), false);
      assertEquals(await online(here, "ada"), ["ada"]);
    },
  },
  {
    name: "leases that nobody renews end by themselves, and each user lapses for one node",
    async run(open) {
      const [dead, alive, other] = [await open(200), await open(60_000), await open(60_000)];
      await dead.acquire("ada", "1");
      await dead.acquire("ben", "2");
      await alive.acquire("ben", "3");
      await until(async () => (await online(alive, "ada", "ben")).join() === "ben");
      const told = await Promise.all([alive.lapsed(), other.lapsed()]);
      assertEquals(told.flat(), ["ada"]);
      assertEquals(await other.acquire("ada", "4"), true);
      assertEquals(await other.lapsed(), []);
    },
  },
  {
    name: "renew() keeps leases beyond their time, more of them than fit into one script",
    async run(open) {
      const [node, other] = [await open(2_000), await open()];
      const leases = Array.from({ length: 1_100 }, (_, n) => [`user-${n}`, `${n}`] as const);
      await node.acquire("user-0", "0");
      const end = performance.now() + 3_000;
      while (performance.now() < end) {
        await node.renew(leases);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      assertEquals((await other.online(leases.map(([userId]) => userId))).size, 1_100);
      assertEquals(await other.lapsed(), []);
    },
  },
  {
    name: "a release that comes during a renewal is not undone by it",
    async run(open) {
      const [node, other] = [await open(), await open()];
      const leases = Array.from({ length: 1_000 }, (_, n) => ["ada", `${n}`] as const);
      await node.renew(leases);
      const renewed = node.renew(leases);
      const released = leases.map(([userId, id]) => node.release(userId, id));
      await Promise.all([renewed, ...released]);
      assertEquals(await online(other, "ada"), []);
      assert(await other.acquire("ada", "new"));
    },
  },
];

function fail(): never {
  throw new Error("there is no such node");
}
