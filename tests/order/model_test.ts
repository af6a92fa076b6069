import { assert, assertEquals } from "@std/assert";
import { mongoUri, openTestStore } from "../support/store.ts";
import { collections, openMongoPool, replicaSet, sharedStore } from "./backends.ts";
import { runModel } from "./model.ts";
import type { RunOptions } from "./model.ts";

/** Histories of each test; the gate makes do with few. */
const RUNS = Number(Deno.env.get("ORDER_MODEL_RUNS") ?? 200);
/** The first seed; with `ORDER_MODEL_RUNS=1` that history alone. */
const SEED = Number(Deno.env.get("ORDER_MODEL_SEED") ?? 1);

Deno.test("no history over SQLite loses, doubles, misorders or hides anything", async () => {
  await using fresh = await openTestStore(collections, "sqlite");
  await keepsItsPromises({ backend: sharedStore(fresh.store) });
});

Deno.test("no history over a replica set that fails over loses, doubles, misorders or hides anything", async () => {
  await keepsItsPromises({ backend: replicaSet() });
});

Deno.test({
  name: "no history over a MongoDB server loses, doubles, misorders or hides anything",
  ignore: mongoUri === undefined,
  async fn() {
    await using fresh = await openTestStore(collections, "mongodb");
    assert(fresh.place.kind === "mongodb");
    await using pool = await openMongoPool(fresh.place.uri);
    await keepsItsPromises({ backend: pool.backend, outside: true }, Math.min(RUNS, 40));
  },
});

async function keepsItsPromises(options: Omit<RunOptions, "seed">, runs = RUNS): Promise<void> {
  let acknowledged = 0;
  for (let seed = SEED; seed < SEED + runs; seed++) {
    const { faults, acknowledged: answers } = await runModel({ ...options, seed });
    assertEquals(faults, [], `ORDER_MODEL_SEED=${seed} ORDER_MODEL_RUNS=1 tells this history again`);
    acknowledged += answers.size;
  }
  assert(acknowledged >= runs * 3);
}
