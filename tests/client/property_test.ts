import fc from "fast-check";
import { randomFrom } from "../support/cluster_random.ts";
import { Simulation } from "./simulation.ts";
import type { Step } from "./simulation.ts";

/** Runs of the property; the gate makes do with few. */
const RUNS = Number(Deno.env.get("PARLEY_PROPERTY_RUNS") ?? 10);
const SEED = Number(Deno.env.get("PARLEY_PROPERTY_SEED") ?? 20260102);

const often = ["send", "send", "send", "send", "edit", "delete", "react", "pause"] as const;
const rarely = [
  "read",
  "older",
  "around",
  "newest",
  "open",
  "cut",
  "truncate",
  "stall",
  "refuse",
  "reload",
] as const;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step["kind"][]>(...often, ...often, ...rarely),
  who: fc.nat(2),
  what: fc.nat(30),
});
const steps = fc.array(step, { minLength: 20, maxLength: 120, size: "max" });

Deno.test("what clients have in the end is the server's history, whatever their lines do, and what they sent is there once", async () => {
  const property = fc.asyncProperty(steps, fc.integer(), async (steps, seed) => {
    await using simulation = await Simulation.start(randomFrom(seed));
    await simulation.run(steps);
    await simulation.check();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
});
