import { createClient } from "../../src/client/mod.ts";
import type {
  Client,
  ClientOptions,
  ConversationView,
  MessageView,
  OpenSocket,
} from "../../src/client/mod.ts";
import type { Socket } from "../../src/client/types.ts";
import { TravellingClock } from "./clock.ts";
import { isOnline, until } from "./stage.ts";

const TIME = "2026-01-01T00:00:00.000Z";

/** What a client has sent over a socket. */
export interface Command {
  readonly id?: string;
  readonly event: string;
  // deno-lint-ignore no-explicit-any
  readonly data: any;
}

/** The server's end of a socket, in the hands of a test. */
export class ScriptedSocket implements Socket {
  readyState: number = WebSocket.OPEN;
  onopen: Socket["onopen"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  readonly sent: Command[] = [];
  /** Whether commands are answered as a server would that has nothing to tell. */
  answers = true;
  readonly #onHeard: () => void;
  #hear: Socket["onmessage"] = null;

  /** `onHeard` is called once there is someone who listens. */
  constructor(onHeard: () => void = () => {}) {
    this.#onHeard = onHeard;
  }

  get onmessage(): Socket["onmessage"] {
    return this.#hear;
  }

  set onmessage(listener: Socket["onmessage"]) {
    this.#hear = listener;
    if (listener) this.#onHeard();
  }

  send(text: string): void {
    const command: Command = JSON.parse(text);
    this.sent.push(command);
    if (!this.answers || command.event === "send_message") return;
    if (command.event === "resume") this.say({ id: command.id, event: "synced", data: {} });
    else if (command.event === "ping") this.say({ event: "pong", data: {} });
    else if (command.id) this.say({ id: command.id, event: "ok", data: { presence: [], participants: [] } });
  }

  /** The client closes; the other side agrees soon. */
  close(code = 1000): void {
    queueMicrotask(() => this.end(code));
  }

  /** Says these in one frame. */
  say(...envelopes: readonly object[]): void {
    this.onmessage?.({ data: envelopes.map((envelope) => JSON.stringify(envelope)).join("\n") });
  }

  greet(): void {
    const limits = { maxFrameBytes: 65_536, messages: 0, retryCloseCodes: [4408, 4503] };
    this.say({
      event: "hello",
      data: { connectionId: "c", userId: "u", epoch: "e", heartbeatMs: 25_000, limits },
    });
  }

  end(code: number, reason = ""): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code, reason });
  }

  /** Commands of this kind, in their order. */
  commands(event: string): Command[] {
    return this.sent.filter((command) => command.event === event);
  }
}

/** A server that is nothing but what a test has it say: each of the client's moves is seen, and none takes time. */
export class Script {
  readonly clock = new TravellingClock({ stands: true });
  readonly sockets: ScriptedSocket[] = [];
  /** Whether a socket is greeted as soon as it is open. */
  greets = true;

  /** Answers requests as a server would that has nothing to tell. */
  readonly fetch = (input: string | URL | Request): Promise<Response> =>
    Promise.resolve(answerOf(String(input)));

  /** A client of one user, who needs no refresh. */
  client(options: ClientOptions = {}): Client {
    const { sockets } = this;
    const greet = (socket: ScriptedSocket) => void (this.greets && queueMicrotask(() => socket.greet()));
    class Opened extends ScriptedSocket {
      constructor() {
        super(() => greet(this));
        sockets.push(this);
      }
    }
    return createClient({
      url: "http://test",
      accessToken: "t",
      clock: this.clock,
      random: () => 1,
      WebSocket: Opened as unknown as OpenSocket,
      fetch: this.fetch,
      ...options,
    });
  }

  /** A client that has caught up. */
  async online(options: ClientOptions = {}): Promise<Client> {
    const client = this.client(options);
    client.connect();
    await isOnline(client);
    return client;
  }

  /** The socket that was opened last; `count` waits for as many. */
  async socket(count = 1): Promise<ScriptedSocket> {
    return await until(() => this.sockets.length >= count && this.sockets.at(-1), `socket ${count}`);
  }
}

/** A group's view: everything in it is read, unless `more` says otherwise. */
export function viewOf(id: string, seq = 0, more: Partial<ConversationView> = {}): ConversationView {
  const view = {
    id,
    type: "group",
    rev: seq,
    seq,
    firstSeq: 1,
    lastReadSeq: seq,
    unread: 0,
    lastMessage: null,
  };
  return { ...view, createdAt: TIME, updatedAt: TIME, ...more } as unknown as ConversationView;
}

/** Tells a client of a conversation that it does not know. */
export function added(id: string, seq = 0, more: Partial<ConversationView> = {}): object {
  const conversation = { ...viewOf(id, seq, more), participants: [] };
  return { event: "conversation_added", conversationId: id, rev: conversation.rev, data: { conversation } };
}

/** Tells of a message, as a change of its own number. */
export function told(message: MessageView): object {
  return { event: "new_message", conversationId: message.conversationId, rev: message.rev, data: message };
}

/** A message as the server has it. */
export function stored(conversationId: string, seq: number, more: Partial<MessageView> = {}): MessageView {
  const message = {
    id: `m${seq}`,
    conversationId,
    seq,
    rev: seq,
    senderId: "v",
    clientId: null,
    replyTo: null,
  };
  const rest = {
    content: { type: "text", text: `${seq}` },
    reactions: [],
    isEdited: false,
    isDeleted: false,
  };
  return { ...message, ...rest, createdAt: TIME, updatedAt: TIME, ...more } as unknown as MessageView;
}

function answerOf(url: string): Response {
  const { pathname } = new URL(url);
  const profile = { firstName: "U", lastName: "U" };
  if (pathname.endsWith("/users/me")) return Response.json({ id: "u", username: "u", profile });
  if (pathname.endsWith("/ws-ticket")) return Response.json({ ticket: "ticket" });
  if (pathname.endsWith("/conversations")) return Response.json({ conversations: [] });
  if (pathname.includes("/messages/conversation/")) return Response.json({ messages: [] });
  return Response.json({ code: "not_found" }, { status: 404 });
}
