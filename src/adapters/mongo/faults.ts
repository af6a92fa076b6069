/** What the adapter is about to do: read a head, make one, advance one, apply its writes, apply one of them. */
export type Step = "read" | "create" | "cas" | "apply" | "apply_one";

/** Called before each step on a head. What it throws ends this process's part right there, as a crash would. */
export interface Faults {
  before(step: Step, headId: string): void | Promise<void>;
}
