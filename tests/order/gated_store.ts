import type {
  Change,
  Collection,
  Commit,
  Doc,
  Head,
  Query,
  Store,
  Where,
  Write,
} from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Process, Schedule } from "./schedule.ts";

/** A process's way to a store: each call waits for its turn to arrive there, and its answer to come back. */
export class GatedStore implements Store {
  readonly #inner: Store;
  readonly #schedule: Schedule;
  readonly #process: Process;

  constructor(inner: Store, schedule: Schedule, process: Process) {
    this.#inner = inner;
    this.#schedule = schedule;
    this.#process = process;
  }

  get epoch(): string {
    return this.#inner.epoch;
  }

  insert<T extends Doc>(into: Collection<T>, record: T): Promise<void> {
    return this.#through(() => this.#inner.insert(into, record));
  }

  get<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    return this.#through(() => this.#inner.get(from, id));
  }

  find<T extends Doc>(from: Collection<T>, query: Query<T>, under?: readonly Head[]): Promise<T[]> {
    return this.#through(() => this.#inner.find(from, query, under));
  }

  count<T extends Doc>(from: Collection<T>, where: Where<T>): Promise<number> {
    return this.#through(() => this.#inner.count(from, where));
  }

  patch<T extends Doc>(
    into: Collection<T>,
    id: string,
    change: Change<T>,
    onlyIf?: Where<T>,
  ): Promise<T | undefined> {
    return this.#through(() => this.#inner.patch(into, id, change, onlyIf));
  }

  delete<T extends Doc>(from: Collection<T>, id: string): Promise<T | undefined> {
    return this.#through(() => this.#inner.delete(from, id));
  }

  deleteMany<T extends Doc>(from: Collection<T>, where: Where<T>, limit: number): Promise<number> {
    return this.#through(() => this.#inner.deleteMany(from, where, limit));
  }

  sweep(now: string): Promise<number> {
    return this.#through(() => this.#inner.sweep(now));
  }

  create<H extends Head>(heads: Collection<H>, head: H, writes: readonly Write[]): Promise<boolean> {
    return this.#through(() => this.#inner.create(heads, head, writes));
  }

  heads<H extends Head>(from: Collection<H>, ids: readonly string[]): Promise<H[]> {
    return this.#through(() => this.#inner.heads(from, ids));
  }

  open<H extends Head>(from: Collection<H>, id: string): Promise<H | undefined> {
    return this.#through(() => this.#inner.open(from, id));
  }

  commit<H extends Head>(commit: Commit<H>): Promise<boolean> {
    return this.#through(() => this.#inner.commit(commit));
  }

  ping(): Promise<void> {
    return this.#through(() => this.#inner.ping());
  }

  renewEpoch(): Promise<string> {
    return this.#through(() => this.#inner.renewEpoch());
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #through<T>(call: () => Promise<T>): Promise<T> {
    await this.#schedule.gate(this.#process, true);
    const outcome = await call().then((value) => ({ value }), (error) => ({ error }));
    await this.#schedule.gate(this.#process);
    if (this.#schedule.loses()) throw new StoreUnavailable("the answer was lost");
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }
}
