import { iso } from "../../src/kernel/clock.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { newId } from "../../src/kernel/ids.ts";
import { messageRoutes } from "../../src/modules/messages/routes.ts";
import type { MessageView, SendBody } from "../../src/modules/messages/schema.ts";
import { send } from "../../src/modules/messages/send.ts";
import type { Messages, MessagesDeps, People, Uploads } from "../../src/modules/messages/service.ts";
import { createMessages } from "../../src/modules/messages/service.ts";
import type { Hint } from "../../src/order/changes.ts";
import type { Conversation, Message, Participant, ParticipantRole } from "../../src/order/records.ts";
import {
  conversations,
  messages,
  newParticipant,
  participantId,
  participants,
} from "../../src/order/records.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Store } from "../../src/ports/store.ts";
import { recordingBus, serveRoutes, StandingClock, TestUsers } from "../support/module_stage.ts";
import type { CallRoute, Published } from "../support/module_stage.ts";
import { openTestStore } from "../support/store.ts";

/** Users of whom some have blocked some. */
export class TestPeople extends TestUsers implements People {
  /** How often cards were asked for. */
  asked = 0;
  readonly #blocks = new Set<string>();

  block(id: string, otherId: string): void {
    this.#blocks.add(`${id} ${otherId}`);
  }

  override cards(ids: readonly string[]): ReturnType<TestUsers["cards"]> {
    this.asked++;
    return super.cards(ids);
  }

  byUsernames(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = [...this.users.values()].filter(({ username }) => names.includes(username));
    return Promise.resolve(new Map(found.map(({ id, username }) => [username, id])));
  }

  blocked(a: string, b: string): Promise<boolean> {
    return Promise.resolve(this.#blocks.has(`${a} ${b}`) || this.#blocks.has(`${b} ${a}`));
  }
}

/** The module over a store of its own, with its routes. */
export class World implements AsyncDisposable {
  readonly clock = new StandingClock();
  readonly people = new TestPeople();
  readonly published: Published[] = [];
  readonly hints: Hint[] = [];
  readonly messages: Messages;
  readonly #dispose: () => Promise<void>;
  /** Calls a route of the module as `userId`. */
  readonly call: CallRoute;

  constructor(store: Store, dispose: () => Promise<void>, more: Partial<MessagesDeps>) {
    this.#dispose = dispose;
    this.messages = createMessages({
      store,
      clock: this.clock,
      people: this.people,
      bus: recordingBus(this.published),
      writer: new Writer({
        store,
        clock: this.clock,
        publish: (hint) => this.hints.push(hint),
        instance: "test",
      }),
      maxTextLength: 8_000,
      ...more,
    });
    this.call = serveRoutes("/api/messages", (router) => messageRoutes(router, this.messages));
  }

  get store(): Store {
    return this.messages.store;
  }

  /** The same conversations as another node has them, which knows nothing of what this one does. */
  anotherNode(): Messages {
    const { store, clock } = this;
    const writer = new Writer({ store, clock, publish: () => {}, instance: "other" });
    return createMessages({ ...this.messages, writer });
  }

  /** Makes a group with an admin and others, and answers its id. */
  group(adminId: string, ...others: string[]): Promise<string> {
    return this.#make("group", [[adminId, "admin"], ...others.map((id) => [id, "member"] as const)]);
  }

  /** Makes the direct conversation of two people and answers its id. */
  direct(one: string, other: string): Promise<string> {
    return this.#make("direct", [[one, "member"], [other, "member"]]);
  }

  /** Sends as `send_message` does. */
  async send(
    userId: string,
    conversationId: string,
    content: SendBody["content"],
    more: object = {},
  ): Promise<MessageView> {
    const body = { conversationId, clientId: newId(), content, ...more };
    return (await send(this.messages, userId, body)).message;
  }

  /** Appends a system message. */
  system(actorId: string, conversationId: string): Promise<Message> {
    return this.messages.writer.write(conversationId, {
      participants: [actorId],
      plan: (draft) => draft.addSystemMessage(actorId, "name_changed", { name: "Tea" }),
    });
  }

  /** Takes a member out, or gives one a role. */
  async change(conversationId: string, userId: string, role: ParticipantRole | "none"): Promise<void> {
    await this.messages.writer.write(conversationId, {
      participants: [userId],
      plan: (draft) =>
        draft.changeMembers(role === "none" ? { remove: [userId] } : { roles: [{ userId, role }] }),
    });
  }

  /** Strips all messages before a place, as retention does. */
  async strip(conversationId: string, firstSeq: number): Promise<void> {
    const where = { conversationId, seq: { lt: firstSeq } };
    const old = await this.store.find(messages, { where });
    await this.messages.writer.write(conversationId, { plan: (draft) => draft.strip(old, firstSeq) });
  }

  async head(conversationId: string): Promise<Conversation> {
    const [head] = await this.store.heads(conversations, [conversationId]);
    if (!head) throw new Error("no such conversation");
    return head;
  }

  async member(conversationId: string, userId: string): Promise<Participant> {
    const head = await this.head(conversationId);
    const where = { id: participantId(conversationId, userId) };
    const [member] = await this.store.find(participants, { where }, [head]);
    if (!member) throw new Error("no such member");
    return member;
  }

  /** A message's record as it is stored. */
  async record(id: string): Promise<Message> {
    const heads = await this.store.heads(conversations, [id.slice(0, id.lastIndexOf("-"))]);
    const [message] = await this.store.find(messages, { where: { id } }, heads);
    if (!message) throw new Error("no such message");
    return message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.messages.writer.settled();
    await this.#dispose();
  }

  async #make(
    type: Conversation["type"],
    members: readonly (readonly [userId: string, role: ParticipantRole])[],
  ): Promise<string> {
    const id = newId();
    const now = iso(this.clock.now());
    const joined = { joinedAt: now, joinedRev: 0, memberRev: 0, lastReadSeq: 0, rev: 0 };
    const head: Conversation = {
      id,
      type,
      name: null,
      description: null,
      settings: { isPublic: false, allowInvites: false, maxParticipants: 200, messageRetention: 0 },
      publicName: null,
      retentionDays: 0,
      rev: 0,
      seq: 0,
      firstSeq: 1,
      memberCount: members.length,
      adminCount: members.filter(([, role]) => role === "admin").length,
      infoRev: 0,
      membersRev: 0,
      mark: "",
      endedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const writes = members.map(([userId, role]) => ({
      into: participants,
      insert: newParticipant(id, userId, { role, ...joined }),
    }));
    await this.store.create(conversations, head, writes);
    return id;
  }
}

/** Opens a world with nobody in it. */
export async function openWorld(more: Partial<MessagesDeps> = {}): Promise<World> {
  const opened = await openTestStore([conversations, participants, messages]);
  return new World(opened.store, async () => await opened[Symbol.asyncDispose](), more);
}

/** Uploads of which only the claims matter. */
export function testUploads(claim: Uploads["claim"]): Uploads {
  const nothing = () => Promise.resolve();
  return { claim, attach: nothing, doom: nothing, messageDeleted: nothing };
}

/** The error code that a call fails with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "no error";
  } catch (error) {
    return error instanceof ParleyError ? error.code : String(error);
  }
}

/** A store that counts what is read from it. */
export function countingReads(store: Store): { store: Store; reads: () => number } {
  let reads = 0;
  const counted = new Set<PropertyKey>(["get", "find", "heads", "count"]);
  const proxy = new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (counted.has(key)) reads++;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: proxy, reads: () => reads };
}
