import type { KeptChat } from "./chat_state.ts";
import { Chats } from "./chats.ts";
import type { Connection } from "./connection.ts";
import { failure, ParleyError } from "./errors.ts";
import type { Call } from "./http.ts";
import { Keeper } from "./keeper.ts";
import type { Link } from "./link.ts";
import { Marks } from "./marks.ts";
import { Outbox } from "./outbox.ts";
import { Presences } from "./presences.ts";
import type { PresenceEntry, ServerPush } from "./protocol.ts";
import type { ChatEvent, Runtime, Services } from "./services.ts";
import type { Client, ClientClock } from "./types.ts";
import type { MessageView, User } from "./wire.ts";

/** Failures that follow from what the user has done meanwhile. */
const IN_PASSING: readonly string[] = ["client_closed", "not_found", "unauthenticated"];

/** Everything that belongs to one user; in the storage it lies under the user's id. */
export class Account implements Services {
  me: User;
  readonly clock: ClientClock;
  readonly request: Client["request"];
  readonly outbox: Outbox;
  readonly marks: Marks;
  readonly chats: Chats;
  readonly presences: Presences;
  readonly runtime: Runtime;
  readonly failure = failure;
  readonly #connection: Connection;
  readonly #keeper: Keeper;
  readonly #ending = new AbortController();
  /** Whether what comes was said after the client had caught up. */
  #isLive = false;

  constructor(runtime: Runtime, connection: Connection, request: Client["request"], me: User) {
    this.runtime = runtime;
    this.#connection = connection;
    this.request = request;
    this.me = me;
    this.clock = runtime.clock;
    this.#keeper = new Keeper(runtime);
    this.presences = new Presences((userId) => runtime.emitter.emit("presence", { userId }, userId));
    this.marks = new Marks(this);
    this.outbox = new Outbox(runtime, this.#keeper, this);
    this.chats = new Chats(this);
  }

  get line(): Link | undefined {
    return this.#connection.line;
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  call(route: string, call: Call): Promise<unknown> {
    return this.request(route as never, call as never);
  }

  /** Takes up what the storage has. */
  async load(): Promise<void> {
    const { storage } = this.runtime;
    const keys = await storage.keys(this.#keyOf(""));
    const kept = await Promise.all(keys.map((key) => storage.get<KeptChat>(key)));
    this.chats.restore(kept.filter((chat) => chat !== undefined));
    await this.outbox.load();
  }

  /** Takes in what the server tells. */
  take(push: ServerPush): void {
    if (push.event === "synced") this.#isLive = true;
    if (push.event === "user_online") this.present([{ ...push.data, isOnline: true }]);
    else if (push.event === "user_offline") this.present([{ ...push.data, isOnline: false }]);
    else this.chats.take(push);
  }

  /** The client has caught up: what waited for that goes out. */
  online(): void {
    this.background(this.outbox.load());
    this.marks.pump();
    this.chats.refresh();
    this.background(this.chats.readElsewhere());
    this.background(this.presences.resume(this.line));
  }

  offline(): void {
    if (this.#isLive) this.chats.disconnected();
    this.#isLive = false;
  }

  /** Writes what has changed. */
  flush(): Promise<void> {
    return this.#keeper.flush();
  }

  /** Ends every timer; what has changed is written, or forgotten. */
  async close(isWritten: boolean): Promise<void> {
    this.#ending.abort();
    this.chats.disconnected();
    this.outbox.close();
    this.marks.close();
    await (isWritten ? this.#keeper.flush() : this.#keeper.forget());
  }

  changed(event: ChatEvent, id: string): void {
    const { emitter } = this.runtime;
    if (event === "conversations") this.chats.sort();
    if (event === "conversations") emitter.emit(event, undefined, "");
    else emitter.emit(event, { id, conversationId: id }, id);
  }

  /** One that is gone is kept no longer. */
  keep(id: string): void {
    this.#keeper.keep(this.#keyOf(id), () => this.chats.get(id)?.kept);
  }

  said(message: MessageView): void {
    const { conversationId } = message;
    this.runtime.emitter.emit("message", { conversationId, message, live: this.#isLive });
  }

  stored(message: MessageView): boolean {
    return this.chats.get(message.conversationId)?.learnMessage(message) ?? true;
  }

  present(entries: readonly PresenceEntry[]): void {
    this.presences.learn(entries);
  }

  left(id: string): void {
    if (!this.chats.remove(id)) return;
    this.keep(id);
    this.marks.drop(id);
    if (this.outbox.of(id).some(({ state }) => state === "sending")) {
      this.failed(failure("not_found"));
    }
    this.outbox.remove(id, () => true);
    this.runtime.emitter.emit("removed", { id });
    this.changed("conversations", id);
  }

  failed(error: ParleyError): void {
    this.runtime.emitter.emit("error", error);
  }

  #keyOf(id: string): string {
    return `${this.me.id}/conversations/${id}`;
  }

  readonly background = (work: Promise<void>): void => {
    work.catch((error) => {
      if (!(error instanceof ParleyError)) throw error;
      if (!error.retryable && !IN_PASSING.includes(error.code)) this.failed(error);
    });
  };
}
