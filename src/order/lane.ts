import { iso } from "../kernel/clock.ts";
import { notFound, ParleyError } from "../kernel/errors.ts";
import { COMMIT_BYTES, StoreUnavailable } from "../ports/store.ts";
import type { Hint } from "./changes.ts";
import { Draft } from "./draft.ts";
import { load } from "./load.ts";
import type { Conversation, Participant } from "./records.ts";
import { conversations } from "./records.ts";
import { MAX_CHANGE_WRITES } from "./plan.ts";
import type { Change, WriterDeps } from "./plan.ts";
import { Rivals } from "./rivals.ts";
import { Turns } from "./turns.ts";
import type { TurnSignal } from "./turns.ts";

/** A change that waits for its commit. */
export interface Job {
  readonly change: Change<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How a job ends, once it is certain that it was planned against the present state. */
type Outcome = { readonly job: Job; readonly value: unknown } | {
  readonly job: Job;
  readonly error: unknown;
};

/** A planned batch; `left` did not fit and comes next. */
interface Plan {
  readonly draft: Draft;
  readonly outcomes: readonly Outcome[];
  readonly left: readonly Job[];
}

/** A batch takes no further change beyond this; one change may add as much again and stays within a commit. */
const ENOUGH_WRITES = MAX_CHANGE_WRITES;
const ENOUGH_BYTES = COMMIT_BYTES / 2;

/** Changes that may wait for one conversation. */
const MAX_QUEUE = 10_000;

/** How often a commit whose outcome is unknown is tried again, and until when, before the caller is told. */
const MAX_UNKNOWN = 2;
const PATIENCE_MS = 4_000;

/**
 * The writer of one conversation on this node.
 *
 * Why what it does is right, whatever other nodes do and wherever this one stops:
 *
 * 1. Every change is one compare-and-set on the head's `rev`, planned against a state read under exactly that
 *    `rev`. So commits form one sequence, each planned with all earlier ones seen: `rev` and `seq` have no doubles
 *    and no holes, a `clientId` is looked for where every earlier message already is, and membership and limits hold
 *    at the moment of the commit.
 * 2. `open` applies what an earlier commit only promised, before anything is planned on top. So at most one commit
 *    is ever unapplied, and it stands whole in the head: a crash leaves nothing half done.
 * 3. While this node keeps winning, the state after its own commit is the state under the new `rev`, so it need not
 *    be read again. Losing the race, or having no answer, throws it away.
 * 4. An answer that committed nothing (a retry, a refusal, no change) was planned against a state that may be
 *    old; it is given only once the head still has that `rev`.
 * 5. An unknown outcome is looked at: the head's `mark` tells whether the commit is the newest. If others came
 *    later it is planned again: messages are then found by `clientId`, all else sets the same state once more.
 * 6. Hints go out after the commit and in its order. They are never needed for correctness.
 * 7. Between two batches it may wait for others (see `Turns`): waiting changes nothing.
 */
export class Lane {
  readonly #id: string;
  readonly #deps: WriterDeps;
  readonly #turns: Turns;
  readonly #rivals: Rivals;
  #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #head: Conversation | undefined;
  #participants = new Map<string, Participant>();
  #marks = 0;

  constructor(id: string, deps: WriterDeps) {
    this.#id = id;
    this.#deps = deps;
    this.#turns = new Turns(deps, (instance, inMs) => this.#tell(instance, "given", inMs));
    this.#rivals = new Rivals(deps, (instance, ms) => this.#tell(instance, ms > 0 ? "wanted" : "done", ms));
  }

  get busy(): boolean {
    return this.#queue.length > 0 || this.#running !== undefined;
  }

  /** Queues a job; answers whether the lane now waits to be run. */
  push(job: Job): boolean {
    if (this.#queue.length >= MAX_QUEUE) {
      job.reject(new ParleyError("overloaded", undefined, { retryAfterMs: 1_000 }));
      return false;
    }
    this.#queue.push(job);
    return this.#queue.length === 1 && this.#running === undefined;
  }

  /** Commits what is queued, and what is queued meanwhile. */
  run(): void {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      // Whoever was answered last may have queued again after the loop had seen an empty queue.
      if (this.#queue.length > 0) this.run();
    });
  }

  /** Another process says something about turns. */
  hear({ word, by, ms }: TurnSignal): void {
    if (word === "wanted") this.#turns.want(by, ms, !this.busy || this.#rivals.losing);
    else if (word === "done") this.#turns.done(by);
    else this.#rivals.given(ms);
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#turns.due) await this.#turns.wait();
      const batch = this.#take();
      const tried = this.#deps.clock.now();
      try {
        if (await this.#commit(batch)) {
          this.#rivals.done();
        } else {
          // What has come meanwhile joins in.
          this.#queue.unshift(...batch);
          await this.#rivals.lost(this.#deps.clock.now() - tried);
        }
      } catch (error) {
        this.#fail(batch, error);
      }
    }
  }

  #fail(batch: readonly Job[], error: unknown): void {
    this.#rivals.done();
    this.#forget();
    const unavailable = error instanceof StoreUnavailable;
    // What waits behind would wait as long again.
    const jobs = unavailable ? [...batch, ...this.#queue.splice(0)] : batch;
    const told = unavailable ? new ParleyError("store_unavailable", undefined, { cause: error }) : error;
    for (const job of jobs) job.reject(told);
  }

  /** The jobs of the next batch: those before one that must be alone, or that one. */
  #take(): Job[] {
    const alone = this.#queue.findIndex((job) => job.change.load !== undefined);
    const size = alone === -1 ? ENOUGH_WRITES : Math.min(Math.max(alone, 1), ENOUGH_WRITES);
    return this.#queue.splice(0, size);
  }

  /** Makes a batch's changes, or as many as fit; `false` when another commit came first and all is to be planned anew. */
  async #commit(batch: readonly Job[]): Promise<boolean> {
    const { clock } = this.#deps;
    const began = clock.now();
    for (let unknown = 1;; unknown++) {
      try {
        const done = await this.#attempt(batch);
        if (!done) this.#forget();
        return done;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (unknown > MAX_UNKNOWN || clock.now() - began > PATIENCE_MS) throw error;
        this.#forget();
      }
    }
  }

  /** One round of the protocol; `false` when the state it was planned against is no longer the present one. */
  async #attempt(batch: readonly Job[]): Promise<boolean> {
    const { store } = this.#deps;
    this.#head ??= await store.open(conversations, this.#id);
    const head = this.#head;
    if (head) this.#rivals.saw(head.mark);
    if (!head || head.endedAt !== null) {
      for (const job of batch) job.reject(notFound());
      this.#forget();
      return true;
    }
    const { draft, outcomes, left } = await this.#plan(head, batch);
    const done = draft.changes.length > 0 ? await this.#write(head, draft) : await this.#stillAt(head);
    if (!done) return false;
    answer(outcomes);
    this.#queue.unshift(...left);
    return true;
  }

  /** Plans the batch. A change that fails after it touched the draft is left out and the rest planned anew. */
  async #plan(head: Conversation, batch: readonly Job[]): Promise<Plan> {
    const failed = new Map<Job, unknown>();
    const further = await prepare(head, batch, failed);
    const loaded = await load(
      this.#deps.store,
      head,
      batch.map((job) => job.change),
      further,
      this.#participants,
    );
    for (;;) {
      const draft = new Draft(loaded, iso(this.#deps.clock.now()));
      const outcomes = await this.#planEach(draft, batch, failed);
      if (outcomes) return { draft, outcomes, left: batch.slice(outcomes.length) };
    }
  }

  /** `undefined` when a change failed that had touched the draft; it is among `failed` then. */
  async #planEach(
    draft: Draft,
    batch: readonly Job[],
    failed: Map<Job, unknown>,
  ): Promise<Outcome[] | undefined> {
    const outcomes: Outcome[] = [];
    for (const job of batch) {
      if (draft.writes.count >= ENOUGH_WRITES || draft.writes.bytes >= ENOUGH_BYTES) break;
      if (failed.has(job)) {
        outcomes.push({ job, error: failed.get(job) });
        continue;
      }
      const before = draft.changes.length;
      try {
        if (job.change.load) await job.change.load(this.#deps.store, draft);
        outcomes.push({ job, value: job.change.plan(draft) });
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        failed.set(job, error);
        if (draft.changes.length > before) return undefined;
        outcomes.push({ job, error });
      }
    }
    return outcomes;
  }

  async #write(head: Conversation, draft: Draft): Promise<boolean> {
    const { store, publish, instance } = this.#deps;
    const next: Conversation = { ...draft.head, mark: `${instance}.${++this.#marks}` };
    const set = difference(head, next);
    const settle = draft.head.membersRev > head.rev;
    const commit = {
      heads: conversations,
      id: this.#id,
      ifRev: head.rev,
      set,
      writes: draft.writes.list,
      settle,
    };
    const done = await store.commit(commit).catch((error) => this.#happened(error, next));
    if (!done) return false;
    this.#head = next;
    for (const [userId, participant] of draft.touched) this.#participants.set(userId, participant);
    const hint: Hint = { kind: "committed", from: head.rev, head: next, changes: draft.changes };
    publish(hint);
    return true;
  }

  /** Whether a commit that got no answer is the newest there is. Throws `StoreUnavailable` when that cannot be told. */
  async #happened(error: unknown, next: Conversation): Promise<boolean> {
    if (!(error instanceof StoreUnavailable)) throw error;
    const head = await this.#deps.store.open(conversations, this.#id);
    return head?.mark === next.mark;
  }

  /** Whether the head has the `rev` still that the batch was planned against. */
  async #stillAt(head: Conversation): Promise<boolean> {
    const [now] = await this.#deps.store.heads(conversations, [this.#id]);
    return now?.rev === head.rev;
  }

  #tell(instance: string, word: TurnSignal["word"], ms: number): void {
    const { tell, instance: by } = this.#deps;
    tell?.(instance, { kind: "turn", word, conversationId: this.#id, by, ms });
  }

  /** A new map: reads that a failed attempt has left under way may still add to the old one. */
  #forget(): void {
    this.#head = undefined;
    this.#participants = new Map();
  }
}

/** Has the changes of a batch look up what they need, all at once, and answers the further members that they must see. */
async function prepare(
  head: Conversation,
  batch: readonly Job[],
  failed: Map<Job, unknown>,
): Promise<string[]> {
  const further: string[] = [];
  if (!batch.some((job) => job.change.prepare)) return further;
  await Promise.all(batch.map(async (job) => {
    if (!job.change.prepare) return;
    try {
      further.push(...await job.change.prepare(head));
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      failed.set(job, error);
    }
  }));
  return further;
}

function answer(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if ("error" in outcome) outcome.job.reject(outcome.error);
    else outcome.job.resolve(outcome.value);
  }
}

/** The fields in which `after` differs, its `rev` always among them. */
function difference(before: Conversation, after: Conversation): Partial<Conversation> & { rev: number } {
  const changed = Object.entries(after).filter(([key, value]) => before[key as keyof Conversation] !== value);
  return { ...Object.fromEntries(changed), rev: after.rev };
}
