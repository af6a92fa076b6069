import type { KeptChat } from "./chat_state.ts";
import { Chats } from "./chats.ts";
import { ParleyError } from "./errors.ts";
import type { Emitter } from "./events.ts";
import { Keeper } from "./keeper.ts";
import type { Link } from "./link.ts";
import { Marks } from "./marks.ts";
import { Outbox } from "./outbox.ts";
import { Presences } from "./presences.ts";
import type { ServerPush } from "./protocol.ts";
import type { Services } from "./services.ts";
import type { Client, ClientClock, ClientStorage } from "./types.ts";
import type { User } from "./wire.ts";

/** What an account works with. */
export interface AccountDeps {
  readonly clock: ClientClock;
  readonly random: () => number;
  readonly storage: ClientStorage;
  readonly emitter: Emitter;
  readonly request: Client["request"];
  readonly line: () => Link | undefined;
  readonly me: () => User;
}

/** Everything that belongs to one user; in the storage it lies under the user's id. */
export class Account {
  readonly userId: string;
  readonly chats: Chats;
  readonly presences: Presences;
  /** Whether what comes was said after the client had caught up. */
  live = false;
  readonly #deps: AccountDeps;
  readonly #keeper: Keeper;
  readonly #outbox: Outbox;
  readonly #marks: Marks;

  constructor(deps: AccountDeps) {
    const { clock, random, storage, emitter, line, me } = deps;
    this.#deps = deps;
    this.userId = me().id;
    this.#keeper = new Keeper(storage, clock);
    this.presences = new Presences((userId) => emitter.emit("presence", { userId }, userId));
    this.#marks = new Marks({ clock, line, onSettled: (id) => this.#keep(id) });
    this.#outbox = new Outbox({
      ...{ clock, random, storage, line },
      keeper: this.#keeper,
      prefix: `${this.userId}/outbox/`,
      onChange: (id) => emitter.emit("messages", { id }, id),
      onStored: (message) => this.chats.get(message.conversationId)?.learnMessage(message) ?? true,
      onFailed: this.#onError,
    });
    this.chats = new Chats(this.#services());
  }

  /** Takes up what the storage has. */
  async load(): Promise<void> {
    const { storage } = this.#deps;
    const keys = await storage.keys(`${this.userId}/conversations/`);
    const kept = await Promise.all(keys.map((key) => storage.get<KeptChat>(key)));
    this.chats.restore(kept.filter((chat) => chat !== undefined));
    await this.#outbox.load();
  }

  /** Takes in what the server tells. */
  take(push: ServerPush): void {
    if (push.event === "synced") this.live = true;
    if (push.event === "user_online") this.presences.learn([{ ...push.data, isOnline: true }]);
    else if (push.event === "user_offline") this.presences.learn([{ ...push.data, isOnline: false }]);
    else this.chats.take(push);
  }

  /** The client has caught up: what waited for that goes out. */
  online(line: Link): void {
    this.#background(this.#outbox.load());
    this.#marks.pump();
    this.chats.refresh();
    this.#background(this.chats.readElsewhere());
    this.#background(this.presences.resume(line));
  }

  offline(): void {
    if (this.live) this.chats.disconnected();
    this.live = false;
  }

  /** Writes what has changed. */
  flush(): Promise<void> {
    return this.#keeper.flush();
  }

  /** Ends every timer, once what has changed is written. */
  async close(): Promise<void> {
    this.#stop();
    await this.flush();
  }

  /** Ends every timer; nothing is written any more. */
  async discard(): Promise<void> {
    this.#stop();
    await this.#keeper.forget();
  }

  #stop(): void {
    this.chats.disconnected();
    this.#outbox.close();
    this.#marks.close();
  }

  #services(): Services {
    const { clock, emitter, request, line, me } = this.#deps;
    return {
      ...{ clock, request, line, outbox: this.#outbox, marks: this.#marks },
      get me() {
        return me();
      },
      onChange: (event, id) => {
        if (event === "conversations") this.chats.sort();
        if (event === "conversations") emitter.emit(event, undefined);
        else if (event === "conversation" || event === "messages") emitter.emit(event, { id }, id);
        else emitter.emit(event, { conversationId: id }, id);
      },
      onDirty: (id) => this.#keep(id),
      onMessage: (message) =>
        emitter.emit("message", { conversationId: message.conversationId, message, live: this.live }),
      onPresence: (entries) => this.presences.learn(entries),
      onLeft: (id) => this.chats.remove(id),
      onRemoved: (id) => {
        this.#keep(id);
        emitter.emit("removed", { id });
        emitter.emit("conversations", undefined);
      },
      onError: this.#onError,
    };
  }

  /** One that is gone is kept no longer. */
  #keep(id: string): void {
    this.#keeper.keep(`${this.userId}/conversations/${id}`, () => this.chats.get(id)?.kept);
  }

  readonly #onError = (error: ParleyError): void => this.#deps.emitter.emit("error", error);

  /** What fails is tried again over the next line. */
  #background(work: Promise<unknown>): void {
    work.catch((error) => {
      if (!(error instanceof ParleyError)) throw error;
      if (!error.retryable && error.code !== "client_closed") this.#onError(error);
    });
  }
}
