import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import type { ServerOptions, TestServer } from "../support/server.ts";
import type { RestAnswer, TestUser } from "../support/rest.ts";
import { connect } from "../support/socket.ts";
import type { Received, TestSocket } from "../support/socket.ts";
import { Replica } from "../support/socket_replica.ts";

/** One thing that happens; numbers pick among what is there. */
export interface Step {
  readonly kind:
    | "send"
    | "edit"
    | "delete"
    | "react"
    | "pin"
    | "rename"
    | "join"
    | "leave"
    | "remove"
    | "add"
    | "disconnect"
    | "connect"
    | "crowd"
    | "hide"
    | "pause";
  readonly who: number;
  readonly what: number;
  readonly text: string;
  /** Goes out in one frame with what follows. */
  readonly glued: boolean;
}

const NAMES = ["ann", "ben", "cyd", "dan"] as const;
const EMOJI = ["👍", "👨‍👩‍👧", "🎉"];
/** What may be answered to those who come too late, or may not. */
const REFUSALS = new Set([
  "not_found",
  "forbidden",
  "message_deleted",
  "already_exists",
  "last_admin",
  "not_a_group",
]);

/** Nobody waits for longer. */
const PATIENCE_MS = 20_000;

/** A user with a client that comes and goes. */
class Someone {
  readonly replica = new Replica();
  socket: TestSocket | undefined;
  /** Settles when the sockets that were left are closed, and the server has read what they said. */
  gone: Promise<unknown> = Promise.resolve();
  readonly #lines: string[] = [];
  readonly #answers: string[] = [];
  #ids = 0;
  #moved: () => unknown = () => {};

  constructor(readonly user: TestUser) {}

  async connect(url: string): Promise<void> {
    if (this.socket) return;
    const socket = this.socket = await connect(url, this.user);
    const { cursors, epoch } = this.replica;
    this.replica.reconnected();
    socket.onReceived = (received) => {
      if (this.socket === socket) this.#take(received);
    };
    await socket.resume(Object.fromEntries(cursors), { epoch });
  }

  /** Goes away without a word, whatever is on its way. */
  disconnect(): void {
    const { socket } = this;
    this.socket = undefined;
    this.#lines.length = 0;
    this.#answers.length = 0;
    if (!socket) return;
    this.gone = Promise.all([this.gone, socket.end()]);
  }

  say(event: string, data: object, glued: boolean): void {
    const id = `s${++this.#ids}`;
    this.#lines.push(JSON.stringify({ id, event, data }));
    this.#answers.push(id);
    if (!glued) this.flush();
  }

  flush(): void {
    if (this.#lines.length > 0) this.socket?.raw(this.#lines.splice(0).join("\n"));
  }

  /** Waits for the answers to all that was said. */
  async answered(): Promise<void> {
    this.flush();
    const { socket } = this;
    for (const id of this.#answers.splice(0)) {
      const answer = await socket?.answer(id);
      if (answer?.event === "error") assert(REFUSALS.has(answer.error.code), JSON.stringify(answer));
    }
  }

  /** Waits until what has come satisfies `holds`; `wanted` says what that is. */
  async until(holds: (replica: Replica) => boolean, wanted: string): Promise<void> {
    if (holds(this.replica)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#moved = () => holds(this.replica) && resolve();
    const stands = () => JSON.stringify([Object.fromEntries(this.replica.cursors), this.replica.faults]);
    const late = setTimeout(
      () => reject(new Error(`stands at ${stands()} and not at ${wanted}`)),
      PATIENCE_MS,
    );
    await promise.finally(() => clearTimeout(late));
  }

  #take(received: Received): void {
    this.replica.apply(received);
    this.#moved();
  }
}

/** Several users and their clients in three conversations of one server. */
export class Simulation implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #people: readonly Someone[];
  readonly #conversations: readonly string[];
  #running: Promise<unknown>[] = [];
  #sent = 0;

  private constructor(server: TestServer, people: readonly Someone[], conversations: readonly string[]) {
    this.#server = server;
    this.#people = people;
    this.#conversations = conversations;
  }

  static async start(options: ServerOptions = {}): Promise<Simulation> {
    const server = await startServer(options);
    const users = await server.users(...NAMES);
    const [ann] = users;
    const settings = { isPublic: true };
    const conversations = [
      await server.group(ann, users.slice(1), { settings }),
      await server.group(ann, [], { settings }),
      await server.direct(ann, users[1]),
    ];
    const people = users.map((user) => new Someone(user));
    await Promise.all(people.map((someone) => someone.connect(server.url)));
    return new Simulation(server, people, conversations);
  }

  /** Does all steps, those between two pauses at once. */
  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#do(step);
    await this.#pause();
  }

  /** Has everyone come back, and asserts that what each has is what the server says afresh. */
  async check(): Promise<void> {
    const [ann] = this.#people;
    assert(ann);
    await Promise.all(this.#people.map(({ gone }) => gone));
    await Promise.all(this.#people.map((someone) => someone.connect(this.#server.url)));
    for (const id of this.#conversations) await this.#server.send(ann.user, id, "the end");
    for (const someone of this.#people) await this.#compare(someone);
  }

  async #compare(someone: Someone): Promise<void> {
    const { user, replica } = someone;
    const listed = await this.#server.ok(user, "GET /api/conversations?limit=100");
    const fresh = new Map<string, Received["data"]>(
      listed.conversations.map((shown: { id: string }) => [shown.id, shown]),
    );
    const heads = [...fresh.values()].map(({ id, rev }) => [id, rev] as const);
    await someone.until(
      ({ cursors }) => cursors.size === heads.length && heads.every(([id, rev]) => cursors.get(id) === rev),
      JSON.stringify(Object.fromEntries(heads)),
    );
    await replica.fetchMissing(this.#server, user);
    assertEquals(replica.faults, []);
    for (const [id, shown] of fresh) {
      assertEquals(replica.messages(id).map(lasting), (await this.#server.history(user, id)).map(lasting));
      const kept = replica.kept.get(id);
      assertEquals(ofItself(kept?.conversation), ofItself(shown));
    }
  }

  async #do(step: Step): Promise<void> {
    if (step.kind === "pause") return await this.#pause();
    const someone = this.#people[step.who % this.#people.length];
    const id = this.#conversations[step.what % this.#conversations.length];
    if (!someone || !id) return;
    if (step.kind === "disconnect") return someone.disconnect();
    if (step.kind === "crowd") return await this.#crowd();
    if (step.kind === "connect") return await someone.connect(this.#server.url);
    if (["send", "edit", "delete", "react"].includes(step.kind)) this.#speak(someone, id, step);
    else this.#running.push(this.#change(someone, id, step));
  }

  /** Everyone goes, so that no room is left, and comes back at once while someone speaks. */
  async #crowd(): Promise<void> {
    for (const someone of this.#people) someone.disconnect();
    await Promise.all(this.#people.map(({ gone }) => gone));
    const [ann] = this.#people;
    const coming: Promise<unknown>[] = [];
    for (const someone of this.#people) {
      coming.push(someone.connect(this.#server.url));
      for (const id of this.#conversations) {
        if (ann) coming.push(this.#server.send(ann.user, id, "one"), this.#server.send(ann.user, id, "two"));
      }
    }
    await Promise.all(coming);
  }

  async #pause(): Promise<void> {
    await Promise.all(this.#people.map((someone) => someone.answered()));
    await Promise.all(this.#running.splice(0));
  }

  #speak(someone: Someone, conversationId: string, { kind, what, text, glued }: Step): void {
    if (!someone.socket) return;
    const messageId = this.#message(conversationId, what);
    const emoji = EMOJI[what % EMOJI.length];
    if (kind === "send") {
      const clientId = `c${++this.#sent}`;
      someone.say("send_message", { conversationId, clientId, content: text }, glued);
    } else if (kind === "edit") someone.say("edit_message", { messageId, text }, glued);
    else if (kind === "delete") someone.say("delete_message", { messageId }, glued);
    else someone.say("add_reaction", { messageId, emoji }, glued);
  }

  /** What people other than the admin do to themselves, and what the admin does to them. */
  async #change(someone: Someone, id: string, { kind, what, text }: Step): Promise<void> {
    const [ann, ...others] = this.#people;
    const other = others[what % others.length];
    if (!ann || !other) return;
    const { user } = ann;
    const path = `/api/conversations/${id}`;
    const self = someone === ann ? other.user : someone.user;
    const calls: Partial<Record<Step["kind"], () => Promise<RestAnswer>>> = {
      pin: () => this.#server.call(user, `PUT /api/messages/${this.#message(id, what)}/pin`),
      rename: () => this.#server.call(user, `PATCH ${path}`, { name: `Tea ${what} ${text.length}` }),
      join: () => this.#server.call(self, `POST ${path}/join`),
      leave: () => this.#server.call(self, `POST ${path}/leave`),
      remove: () => this.#server.call(user, `DELETE ${path}/participants/${other.user.id}`),
      hide: () => this.#server.call(someone.user, `DELETE /api/conversations/${this.#conversations[2]}`),
      add: () => this.#server.call(user, `POST ${path}/participants`, { userId: other.user.id }),
    };
    const answer = await calls[kind]?.();
    if (answer && answer.status >= 400) assert(REFUSALS.has(answer.body.code), JSON.stringify(answer.body));
  }

  /** One of a conversation's first messages, which may not be there yet. */
  #message(conversationId: string, what: number): string {
    return `${conversationId}-${1 + what % 12}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const someone of this.#people) someone.disconnect();
    await Promise.all(this.#people.map(({ gone }) => gone));
    await this.#server[Symbol.asyncDispose]();
  }
}

/** A message without what has no `rev`: who has read it. */
function lasting(message: object): object {
  return { ...message, readBy: undefined };
}

/** What changes of the conversation itself decide. */
function ofItself(conversation: Received["data"]): object {
  const { id, type, name, description, settings, participantCount, role } = conversation;
  return { id, type, name, description, settings, participantCount, role };
}
