import fc from "fast-check";
import type { Store } from "../../src/ports/store.ts";
import { FaultyBus } from "./faulty_bus.ts";
import { Simulation } from "./simulation.ts";
import type { Step } from "./simulation.ts";
import { slowStore } from "./slow_store.ts";

/** Runs of each property; the gate makes do with few. */
const RUNS = Number(Deno.env.get("PARLEY_PROPERTY_RUNS") ?? 20);
const SEED = Number(Deno.env.get("PARLEY_PROPERTY_SEED") ?? 20260102);

const often = ["send", "send", "send", "edit", "delete", "react", "pin", "disconnect", "connect"] as const;
const rarely = ["rename", "join", "leave", "remove", "add", "hide", "crowd", "pause"] as const;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...often, ...rarely),
  who: fc.nat(3),
  what: fc.nat(23),
  text: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
  glued: fc.boolean(),
});
const steps = fc.array(step, { minLength: 10, maxLength: 80, size: "max" });

Deno.test("what a client has by live and resume is what it reads afresh, whoever does what and comes or goes", async () => {
  const property = fc.asyncProperty(steps, async (steps) => {
    await using simulation = await Simulation.start();
    await simulation.run(steps);
    await simulation.check();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
});

Deno.test("a bus that loses, doubles and reorders hints, over a store that dawdles, changes nothing of what clients have in the end", async () => {
  const property = fc.asyncProperty(steps, fc.integer(), async (steps, seed) => {
    const random = randomOf(seed);
    const bus = new FaultyBus(random);
    const wrap = (store: Store) => slowStore(store, random);
    await using simulation = await Simulation.start({ bus, wrap });
    await simulation.run(steps);
    bus.heal();
    await simulation.check();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
});

/** Numbers from 0 to 1 that follow from a seed: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
