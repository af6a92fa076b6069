import { assert, assertEquals } from "@std/assert";
import { memoryStorage, ParleyError } from "../../src/client/mod.ts";
import type { Client, ClientStorage, Conversation, MessageView } from "../../src/client/mod.ts";
import { Proxy } from "../support/proxy.ts";
import type { TestUser } from "../support/rest.ts";
import { comparable, isOnline, startStage, until } from "./stage.ts";
import type { Stage } from "./stage.ts";

const NAMES = ["amina", "bruno", "chidi"] as const;

/** What one of the users, or the network before it, does. */
export interface Step {
  readonly kind:
    | "send"
    | "edit"
    | "delete"
    | "react"
    | "read"
    | "older"
    | "around"
    | "newest"
    | "open"
    | "cut"
    | "truncate"
    | "stall"
    | "refuse"
    | "reload"
    | "pause";
  readonly who: number;
  /** Which conversation, which message, how many bytes. */
  readonly what: number;
}

/** A user with a client of its own, behind a bad line. */
class Actor {
  client: Client;
  /** `clientId`s by conversation, in the order of sending. */
  readonly sent = new Map<string, string[]>();

  constructor(
    readonly stage: Stage,
    readonly user: TestUser,
    readonly proxy: Proxy,
    readonly storage: ClientStorage,
    client: Client,
    readonly random: () => number,
  ) {
    this.client = client;
  }

  async reload(): Promise<void> {
    const { stage, proxy, storage, random } = this;
    await this.client.close();
    this.client = stage.client({ url: proxy.url, storage, random: () => random() / 20 });
    await this.client.restore();
    this.client.connect();
  }

  act({ kind, what }: Step): unknown {
    const { all } = this.client.conversations;
    const conversation = all[what % Math.max(1, all.length)];
    const { proxy } = this;
    if (kind === "cut") return proxy.cut();
    if (kind === "truncate") return proxy.truncate(what * 97);
    if (kind === "stall") return proxy.stall();
    if (kind === "refuse") return void (proxy.refuses = !proxy.refuses);
    if (kind === "reload") return this.reload();
    if (kind === "pause") return new Promise((resolve) => setTimeout(resolve, what));
    return conversation && void this.#use(conversation, kind, what);
  }

  /** Ends what is wrong with the line. */
  heal(): void {
    this.proxy.refuses = false;
    this.proxy.delayMs = 0;
    this.proxy.truncate(Infinity);
    this.proxy.cut();
    this.client.reconnectNow();
  }

  /** What fails for the network's sake has not been done, or has been: both are right. */
  async #use(conversation: Conversation, kind: Step["kind"], what: number): Promise<void> {
    try {
      await this.#do(conversation, kind, what);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
    }
  }

  #do(conversation: Conversation, kind: Step["kind"], what: number): unknown {
    const { id, messages } = conversation;
    const known = messages.filter(({ message }) => message.seq > 0);
    const any = known[what % Math.max(1, known.length)]?.message;
    const own = known.filter(({ message }) => message.senderId === this.user.id);
    const mine = own[what % Math.max(1, own.length)]?.message;
    if (kind === "send") {
      const { clientId } = conversation.send(`${this.user.name} ${what}`);
      return void this.sent.set(id, [...this.sent.get(id) ?? [], clientId ?? ""]);
    }
    if (kind === "edit") return mine && conversation.edit(mine.id, `edited ${what}`);
    if (kind === "delete") return mine && conversation.delete(mine.id);
    if (kind === "react") return any && conversation.react(any.id, "👍", what % 2 === 0);
    if (kind === "read") return conversation.markRead();
    if (kind === "older") return conversation.loadOlder(5);
    if (kind === "around") return conversation.loadAround(1 + what % Math.max(1, conversation.view.seq));
    if (kind === "newest") return conversation.loadNewest();
    return conversation.open();
  }
}

/** Three users who share two conversations, each behind a line of its own. */
export class Simulation implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #actors: readonly Actor[];
  readonly #ids: readonly string[];

  constructor(stage: Stage, actors: readonly Actor[], ids: readonly string[]) {
    this.#stage = stage;
    this.#actors = actors;
    this.#ids = ids;
  }

  static async start(random: () => number): Promise<Simulation> {
    const stage = await startStage();
    const users = await stage.server.users(...NAMES);
    const [amina, bruno, chidi] = users;
    const ids = [
      await stage.server.group(amina, [bruno, chidi]),
      await stage.server.group(bruno, [amina, chidi]),
    ];
    const actors = await Promise.all(users.map(async (user) => {
      const proxy = new Proxy(stage.server.url, random);
      const storage = memoryStorage();
      const client = await stage.online(user, { url: proxy.url, storage, random: () => random() / 20 });
      proxy.delayMs = 3;
      return new Actor(stage, user, proxy, storage, client, random);
    }));
    return new Simulation(stage, actors, ids);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#actors[step.who]?.act(step);
  }

  /** In the end everyone has what the server has, and everything that anyone sent is there once, in order. */
  async check(): Promise<void> {
    for (const actor of this.#actors) actor.heal();
    for (const { client } of this.#actors) {
      await isOnline(client);
      await until(() => client.conversations.all.every(isSettled), "everything to be sent");
    }
    for (const id of this.#ids) {
      const history: MessageView[] = await this.#stage.server.history(this.#user, id);
      for (const actor of this.#actors) await checkOne(actor, id, history);
    }
  }

  get #user(): TestUser {
    const [first] = this.#actors;
    assert(first);
    return first.user;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, proxy } of this.#actors) {
      await client.close();
      await proxy[Symbol.asyncDispose]();
    }
    await this.#stage[Symbol.asyncDispose]();
  }
}

function isSettled({ messages }: Conversation): boolean {
  return messages.every(({ state }) => state !== "sending");
}

async function checkOne(
  { client, user, sent }: Actor,
  id: string,
  history: readonly MessageView[],
): Promise<void> {
  const conversation = client.conversations.get(id);
  assert(conversation);
  const newest = Math.max(0, ...history.map(({ rev }) => rev));
  // The view may be ahead of the stream, by an answer of REST.
  const isThere = () =>
    conversation.hasNewer || (conversation.messages.at(-1)?.message.seq ?? 0) === history.length ||
    conversation.messages.length === 0;
  await until(() => conversation.view.rev >= newest && isThere(), `${user.name} to have the newest change`);
  // What was shown all the time, before anything is loaded afresh.
  const shown = conversation.messages.map(({ message }) => message);
  const from = (shown[0]?.seq ?? 1) - 1;
  assertEquals(
    comparable(shown),
    comparable(history.slice(from, from + shown.length)),
    `${user.name}, as shown`,
  );
  assertEquals(conversation.hasNewer, shown.length > 0 && from + shown.length < history.length);
  await conversation.loadNewest();
  while (conversation.hasOlder) await conversation.loadOlder(100);
  const all = conversation.messages.map(({ message }) => message);
  assertEquals(comparable(all), comparable(history), `${user.name}, in all`);
  const { seq, unread, lastReadSeq } = conversation.view;
  assertEquals([seq, unread], [history.length, history.length - lastReadSeq]);
  const own = history.filter(({ senderId }) => senderId === user.id).map(({ clientId }) => clientId);
  assertEquals(own, sent.get(id) ?? [], `${user.name}'s own, once and in order`);
}
