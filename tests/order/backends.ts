import { Link } from "../../src/adapters/mongo/link.ts";
import { MongoStore, openMongoStore } from "../../src/adapters/store_mongo.ts";
import { conversations, messages, participants } from "../../src/order/records.ts";
import type { Store } from "../../src/ports/store.ts";
import { GatedStore } from "./gated_store.ts";
import type { Backend } from "./model.ts";
import { ReplicaClient } from "./replica_client.ts";
import type { Shortcomings } from "./replica_client.ts";
import { ReplicaSet } from "./replica_set.ts";
import type { Process, Schedule } from "./schedule.ts";

type MakeBackend = (schedule: Schedule) => Backend;

export const collections = [conversations, participants, messages];

/** Stores that a run may need: one for each node that it starts. */
const POOL = 8;

/**
 * The MongoDB adapter of each node over a real server; each call is a step, and within a commit each step on the head
 * and on a record. A pool serves one run after another.
 */
export async function openMongoPool(uri: string): Promise<AsyncDisposable & { backend: MakeBackend }> {
  const users = Array.from({ length: POOL }, (): { gate?: () => Promise<void> } => ({}));
  const stores = await Promise.all(users.map((user) => {
    return openMongoStore({ uri, collections, faults: { before: () => user.gate?.() } });
  }));
  return {
    backend(schedule) {
      let used = 0;
      return {
        open(process) {
          const [user, store] = [users[used], stores[used++]];
          if (!user || !store) throw new Error("the pool is empty");
          user.gate = () => schedule.gate(process, true);
          return new GatedStore(store, schedule, process);
        },
        heal() {},
      };
    },
    async [Symbol.asyncDispose]() {
      for (const user of users) user.gate = undefined;
      for (const store of stores) await store.close();
    },
  };
}

/** How often at most a run's replica set gets another primary. */
const FAIL_OVERS = 3;

/** All nodes share one store; each call to it is a step. */
export function sharedStore(store: Store): MakeBackend {
  return (schedule) => ({ open: (process) => new GatedStore(store, schedule, process), heal() {} });
}

/** The MongoDB adapter of each node over a replica set that fails over; each operation of the driver is a step. */
export function replicaSet(
  shortcomings: Shortcomings = {},
  through: (store: Store) => Store = (store) => store,
): MakeBackend {
  return (schedule) => {
    const set = new ReplicaSet(collections, schedule.random);
    for (const chance of set.chances(FAIL_OVERS)) schedule.add(chance);
    return {
      open(process: Process) {
        const client = new ReplicaClient(set, schedule, process, shortcomings);
        return through(new MongoStore(new Link(client.asMongoClient(), "parley"), collections, "epoch"));
      },
      heal() {
        set.calm = true;
      },
    };
  };
}
