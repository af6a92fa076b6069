import type { Clock } from "../kernel/clock.ts";
import { COMMIT_WRITES } from "../ports/store.ts";
import type { Store } from "../ports/store.ts";
import type { Hint } from "./changes.ts";
import type { Draft } from "./draft.ts";
import type { Conversation } from "./records.ts";
import type { TurnSignal } from "./turns.ts";

/**
 * Records that one change may write. A batch takes no further change once it writes as many, so that whatever the last
 * one adds still fits into its commit.
 */
export const MAX_CHANGE_WRITES = COMMIT_WRITES / 2;

/**
 * One change of a conversation, as a plan: what it needs to see, and what it makes of it.
 *
 * `plan` runs against the present state, may run several times, and must not do anything but read the draft, change
 * it, and answer or throw. It sees every member named in `participants`, every message named in `messages` by id, and
 * every message that one of `clientIds` (sender and client id) has made. It writes `MAX_CHANGE_WRITES` records at most;
 * with `load` twice as many.
 */
export interface Change<T> {
  readonly participants?: readonly string[];
  readonly messages?: readonly string[];
  readonly clientIds?: readonly (readonly [senderId: string, clientId: string])[];
  /**
   * Looks up what the plan needs from outside the conversation, and answers further members that it must see. Runs
   * beside the others of its batch. Whoever must keep an order calls `write` first and looks things up here.
   */
  readonly prepare?: (head: Conversation) => Promise<readonly string[]>;
  /** Reads what else the plan must see; such a change is committed alone, so that what was read still holds. */
  readonly load?: (store: WriterStore, draft: Draft) => Promise<void>;
  readonly plan: (draft: Draft) => T;
}

/** What writing takes of a store. */
export type WriterStore = Pick<Store, "open" | "heads" | "find" | "commit">;

/** What a writer needs. */
export interface WriterDeps {
  readonly store: WriterStore;
  readonly clock: Clock;
  /** Called after each commit, in the order of `rev`: the hint for the bus. */
  readonly publish: (hint: Hint) => void;
  /** Distinguishes this process in the marks of its commits; has no dot. */
  readonly instance: string;
  /** Tells another process's writer about turns, by its `instance`; a hint. Absent where there is no other one. */
  readonly tell?: (instance: string, signal: TurnSignal) => void;
}
