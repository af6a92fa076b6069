import type { Round } from "./bench.ts";
import type { Comparison } from "./comparisons.ts";
import type { Length } from "./drive.ts";
import { drive } from "./drive.ts";
import { ENTRANTS } from "./entrants.ts";
import type { Services } from "./services.ts";

/** The rounds of each entrant by its name, in the order in which they were run. */
export type Rounds = ReadonlyMap<keyof typeof ENTRANTS, Round[]>;

/**
 * Measures the subject and its peers in turn, one round each on a server of its own, and so again, so that what the
 * machine does meanwhile happens to all of them.
 */
export async function compare(
  name: string,
  { subject, peers }: Comparison,
  services: Services,
  { rounds, seconds }: Length,
): Promise<Rounds> {
  const measured = new Map([subject, ...peers.map((peer) => peer.name)].map((each) => [each, [] as Round[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [entrant, results] of measured) {
      results.push(...await drive(name, ENTRANTS[entrant], services, { rounds: 1, seconds }));
    }
  }
  return measured;
}
