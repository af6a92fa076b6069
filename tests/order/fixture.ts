import { systemClock } from "../../src/kernel/clock.ts";
import type { Hint } from "../../src/order/changes.ts";
import type { Conversation, Message } from "../../src/order/records.ts";
import { conversations, messages } from "../../src/order/records.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Commit, Head, Store } from "../../src/ports/store.ts";
import { openTestStore } from "../support/store.ts";
import type { TestStore } from "../support/store.ts";
import { altered } from "./altered.ts";
import { collections } from "./backends.ts";
import { newGroup } from "./group.ts";

/** A node's writer, and what it has published. */
export interface TestWriter {
  readonly writer: Writer;
  readonly hints: Hint[];
}

/** A store of a test's own with one group, `c`, of ann, who is its admin, ben and cyd. */
export class Fixture implements AsyncDisposable {
  readonly #fresh: TestStore;
  #writers = 0;

  private constructor(fresh: TestStore) {
    this.#fresh = fresh;
  }

  static async open(): Promise<Fixture> {
    const fixture = new Fixture(await openTestStore(collections));
    const { head, writes } = newGroup("c", ["ann", "ben", "cyd"]);
    await fixture.store.create(conversations, head, writes);
    return fixture;
  }

  get store(): Store {
    return this.#fresh.store;
  }

  /** The writer of another node. */
  node(store: Store = this.store): TestWriter {
    const hints: Hint[] = [];
    const publish = (hint: Hint) => void hints.push(hint);
    return {
      hints,
      writer: new Writer({ store, clock: systemClock, publish, instance: `node${++this.#writers}` }),
    };
  }

  async head(): Promise<Conversation> {
    const head = await this.store.open(conversations, "c");
    if (!head) throw new Error("the conversation is gone");
    return head;
  }

  /** All messages as they are stored, by `seq`. */
  async messages(): Promise<Message[]> {
    await this.head();
    return await this.store.find(messages, { where: { conversationId: "c" }, order: [["seq", "asc"]] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fresh[Symbol.asyncDispose]();
  }
}

/** The store with another way to commit, which is given the right one. */
export function committing(
  store: Store,
  commit: (right: () => Promise<boolean>, what: Commit<Head>) => Promise<boolean>,
): Store {
  return altered(store, {
    commit: <H extends Head>(what: Commit<H>) =>
      commit(() => store.commit(what), what as unknown as Commit<Head>),
  });
}
