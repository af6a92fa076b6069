import { MemoryLimiter } from "../../src/adapters/limiter_memory.ts";
import { createHttp } from "../../src/http/http.ts";
import { budgets } from "../../src/http/limits.ts";
import { origins } from "../../src/http/origins.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { newId } from "../../src/kernel/ids.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import type { ConversationDeps } from "../../src/modules/conversations/deps.ts";
import type { People } from "../../src/modules/conversations/people.ts";
import type { UserCard } from "../../src/kernel/user_card.ts";
import { conversationRoutes } from "../../src/modules/conversations/routes.ts";
import { ConversationViews } from "../../src/modules/conversations/view.ts";
import type { Hint } from "../../src/order/changes.ts";
import type { Message } from "../../src/order/records.ts";
import { conversations, messages, participants } from "../../src/order/records.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Store } from "../../src/ports/store.ts";
import { openTestStore } from "../support/store.ts";

/** Time that stands until it is moved. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  now = (): number => this.#now;
  after = systemClock.after;
  every = systemClock.every;

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Users who exist as soon as they are named; some refuse some. */
export class TestPeople implements People {
  readonly #users = new Map<string, UserCard>();
  readonly #refusals = new Set<string>();

  /** Registers a user and answers the id. */
  add(username: string): string {
    const id = newId();
    this.#users.set(id, { id, username, firstName: username, lastName: "T", avatar: null });
    return id;
  }

  remove(id: string): void {
    this.#users.delete(id);
  }

  refuse(targetId: string, actorId: string): void {
    this.#refusals.add(`${actorId} ${targetId}`);
  }

  cards(ids: readonly string[]): Promise<ReadonlyMap<string, UserCard>> {
    return Promise.resolve(new Map([...this.#users].filter(([id]) => ids.includes(id))));
  }

  mayAdd(actorId: string, targetIds: readonly string[]): Promise<{ allowed: string[] }> {
    const allows = (id: string) => this.#users.has(id) && !this.#refusals.has(`${actorId} ${id}`);
    return Promise.resolve({ allowed: targetIds.filter(allows) });
  }
}

/** What a call was answered with; the shape of the body is what tests look at. */
export interface Answered {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
  readonly location: string | null;
}

/** The module over a store of its own, with its routes. */
export class World implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly people = new TestPeople();
  readonly published: object[] = [];
  readonly hints: Hint[] = [];
  readonly deps: ConversationDeps;
  readonly #dispose: () => Promise<void>;
  readonly #fetch: (request: Request) => Response | Promise<Response>;

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
    this.#fetch = serve(this.deps);
  }

  get store(): Store {
    return this.deps.store;
  }

  /** A writer as another node would have it. */
  anotherWriter(instance: string, store: Store = this.store): Writer {
    return new Writer({ store, clock: this.clock, publish: (hint) => this.hints.push(hint), instance });
  }

  /** Calls a route as `userId`, whose id is the token. */
  async call(userId: string, method: string, path: string, body?: unknown): Promise<Answered> {
    const headers: Record<string, string> = userId ? { authorization: `Bearer ${userId}` } : {};
    if (body !== undefined) headers["content-type"] = "application/json";
    const request = new Request(`http://test/api/conversations${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const response = await this.#fetch(request);
    const text = await response.text();
    const parsed = text ? JSON.parse(text) : undefined;
    return { status: response.status, body: parsed, location: response.headers.get("location") };
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

function recordingBus(published: object[]): Bus {
  return {
    publish: (topic, message) => void published.push({ ...message, topic }),
    subscribe: () => Promise.resolve(() => {}),
    onGap: () => () => {},
    close: () => Promise.resolve(),
  };
}

function serve(deps: ConversationDeps): (request: Request) => Response | Promise<Response> {
  const unlimited = { windowMs: 1_000, maxRequests: 0, userRequests: 0, messages: 0, account: 0 };
  const router = createHttp({
    log: silentLogger,
    clock: systemClock,
    limiter: new MemoryLimiter(systemClock),
    budgets: budgets(unlimited),
    authenticate(token) {
      if (token === "expired") throw new ParleyError("token_expired");
      return { userId: token, sessionId: "s", role: "user", expiresAt: Infinity };
    },
    origins: origins([]),
    trustedProxies: { kind: "none" },
    hsts: false,
  });
  conversationRoutes(router, deps);
  return (request) => router.app.fetch(request, {});
}
