import { assert } from "@std/assert";
import { openTestStore } from "../support/store.ts";
import { collections, replicaSet, sharedStore } from "./backends.ts";
import { runModel } from "./model.ts";
import type { RunOptions } from "./model.ts";
import { withoutHead, withoutOverlay } from "./wrong_designs.ts";

/** The model finds each of these out within so many histories. */
const RUNS = 400;

Deno.test("the model finds out a head that is taken from the highest message", async () => {
  await using fresh = await openTestStore(collections, "sqlite");
  await isFoundOut({ backend: sharedStore(withoutHead(fresh.store)), messagesOnly: true });
});

Deno.test("the model finds out readers who do not lay over what a head carries", async () => {
  await isFoundOut({ backend: replicaSet({}, withoutOverlay) });
});

Deno.test("the model finds out writers who do not finish what another's commit carries", async () => {
  await isFoundOut({ backend: replicaSet({ finishesOwnOnly: true }) });
});

Deno.test("the model finds out reads of what no majority has", async () => {
  await isFoundOut({ backend: replicaSet({ readsLocally: true }) });
});

Deno.test("the model finds out writes that are acknowledged before a majority has them", async () => {
  await isFoundOut({ backend: replicaSet({ writesLocally: true }) });
});

async function isFoundOut(options: Omit<RunOptions, "seed">): Promise<void> {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { faults } = await runModel({ ...options, seed });
    if (faults.length > 0) return;
  }
  assert(false, `${RUNS} histories found nothing`);
}
