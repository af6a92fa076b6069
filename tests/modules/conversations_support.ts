import { newId } from "../../src/kernel/ids.ts";
import type { ConversationDeps } from "../../src/modules/conversations/deps.ts";
import type { People } from "../../src/modules/conversations/people.ts";
import { conversationRoutes } from "../../src/modules/conversations/routes.ts";
import { ConversationViews } from "../../src/modules/conversations/view.ts";
import type { Hint } from "../../src/order/changes.ts";
import type { Message } from "../../src/order/records.ts";
import { conversations, messages, participants } from "../../src/order/records.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Store } from "../../src/ports/store.ts";
import { recordingBus, serveRoutes, StandingClock, TestUsers } from "../support/module_stage.ts";
import type { CallRoute, Published } from "../support/module_stage.ts";
import { openTestStore } from "../support/store.ts";

/** Users of whom some refuse some. */
export class TestPeople extends TestUsers implements People {
  readonly #refusals = new Set<string>();

  refuse(targetId: string, actorId: string): void {
    this.#refusals.add(`${actorId} ${targetId}`);
  }

  mayAdd(actorId: string, targetIds: readonly string[]): Promise<string[]> {
    const allows = (id: string) => this.users.has(id) && !this.#refusals.has(`${actorId} ${id}`);
    return Promise.resolve(targetIds.filter(allows));
  }
}

/** The module over a store of its own, with its routes. */
export class World implements AsyncDisposable {
  readonly clock = new StandingClock();
  readonly people = new TestPeople();
  readonly published: Published[] = [];
  readonly hints: Hint[] = [];
  readonly deps: ConversationDeps;
  readonly #dispose: () => Promise<void>;
  /** Calls a route of the module as `userId`. */
  readonly call: CallRoute;

  constructor(store: Store, dispose: () => Promise<void>, defaultRetention: number) {
    const { clock, people } = this;
    this.#dispose = dispose;
    this.deps = {
      store,
      clock,
      people,
      defaultRetention,
      bus: recordingBus(this.published),
      writer: this.anotherWriter("one", store),
      views: new ConversationViews(store, people),
    };
    this.call = serveRoutes("/api/conversations", (router) => conversationRoutes(router, this.deps));
  }

  get store(): Store {
    return this.deps.store;
  }

  /** A writer as another node would have it. */
  anotherWriter(instance: string, store: Store = this.store): Writer {
    return new Writer({ store, clock: this.clock, publish: (hint) => this.hints.push(hint), instance });
  }

  /** Makes a group and answers its id. */
  async group(adminId: string, others: readonly string[] = [], more: object = {}): Promise<string> {
    const body = { type: "group", name: "Group", participants: others, ...more };
    const made = await this.call(adminId, "POST", "", body);
    if (made.status !== 201) throw new Error(`no group: ${JSON.stringify(made.body)}`);
    return made.body.id;
  }

  /** Makes the direct conversation of two people and answers its id. */
  async direct(one: string, other: string): Promise<string> {
    return (await this.call(one, "POST", "", { type: "direct", participants: [other] })).body.id;
  }

  /** Sends a text as the messages module would. */
  send(userId: string, conversationId: string, text: string): Promise<Message> {
    const content = { type: "text" as const, text, metadata: {} };
    return this.deps.writer.write(conversationId, {
      participants: [userId],
      plan: (draft) =>
        draft.addMessage({
          senderId: userId,
          clientId: newId(),
          digest: "",
          content,
          replyTo: null,
          mentions: [],
        }),
    });
  }

  /** The system messages of a conversation, oldest first: sender and metadata. */
  async systemMessages(conversationId: string): Promise<unknown[]> {
    const where = { conversationId };
    const found = await this.store.find(messages, { where, order: [["seq", "asc"]] });
    return found.filter(({ content }) => content.type === "system")
      .map(({ senderId, content }) => ({ senderId, ...content.metadata }));
  }

  /** Everyone's role, by user id. */
  async roles(viewerId: string, conversationId: string): Promise<Record<string, string>> {
    const { body } = await this.call(viewerId, "GET", `/${conversationId}`);
    return Object.fromEntries(
      body.participants.map((member: { userId: string; role: string }) => [member.userId, member.role]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deps.writer.settled();
    await this.#dispose();
  }
}

/** Opens a world with nobody in it. */
export async function openWorld(defaultRetention = 0): Promise<World> {
  const opened = await openTestStore([conversations, participants, messages]);
  return new World(opened.store, async () => await opened[Symbol.asyncDispose](), defaultRetention);
}
