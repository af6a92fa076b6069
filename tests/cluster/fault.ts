import type { Figures } from "../support/cluster_ledger.ts";

/** What a fault did to those who chatted meanwhile. */
export interface Outcome extends Omit<Figures, "p50Ms" | "p99Ms"> {
  /** Further figures, for the eye. */
  readonly notes: string;
}

/** A fault that is put upon a cluster. */
export interface Fault {
  /** For the table. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly promise: string;
  /** Whether it takes a MongoDB server and Redis. */
  readonly services: boolean;
  /** Makes a cluster of its own, breaks something, and throws where a promise was broken. */
  readonly run: (seed: number) => Promise<Outcome>;
}

/** Milliseconds as they are shown. */
export function ms(time: number): string {
  return time < 1_000 ? `${Math.round(time)} ms` : `${(time / 1_000).toFixed(1)} s`;
}

/** An outcome with how quick the acknowledgements were, and other figures. */
export function outcome({ p50Ms, p99Ms, ...figures }: Figures, ...notes: readonly string[]): Outcome {
  return { ...figures, notes: [`ack p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}`, ...notes].join("; ") };
}
