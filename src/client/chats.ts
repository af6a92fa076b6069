import { Chat } from "./chat.ts";
import type { KeptChat } from "./chat_state.ts";
import type { Link } from "./link.ts";
import type { Hello, ServerPush } from "./protocol.ts";
import type { RouteInput } from "./routes.ts";
import type { Services } from "./services.ts";
import type { Conversation, ConversationList } from "./types.ts";
import { byActivity } from "./view.ts";
import type { ConversationView } from "./wire.ts";

/** Cursors in one part of a `resume`: well within a frame. The server takes 20,000 in all. */
const PART = 1_000;
const MOST_CURSORS = 20_000;
/** A cursor beyond any head: the server then tells to begin anew. */
const BEYOND = Number.MAX_SAFE_INTEGER;

/** All of the user's conversations: their list, and what the server tells of them. */
export class Chats implements ConversationList {
  loaded = false;
  readonly #services: Services;
  readonly #chats = new Map<string, Chat>();
  #all: readonly Chat[] | undefined;
  #epoch = "";
  /** Whether what is told now is news: the client knew conversations before, or has caught up. */
  #isNews = false;

  constructor(services: Services) {
    this.#services = services;
  }

  get all(): readonly Conversation[] {
    return this.#all ??= [...this.#chats.values()].sort((a, b) => byActivity(a.view, b.view));
  }

  get unread(): number {
    let unread = 0;
    for (const { view } of this.#chats.values()) unread += view.unread;
    return unread;
  }

  get(id: string): Chat | undefined {
    return this.#chats.get(id);
  }

  async create(body: RouteInput<"POST /api/conversations">["body"]): Promise<Conversation> {
    return this.#learn(await this.#services.request("POST /api/conversations", { body }));
  }

  async join(id: string): Promise<Conversation> {
    return this.#learn(await this.#services.request("POST /api/conversations/:id/join", { params: { id } }));
  }

  /** Takes up what was kept. */
  restore(kept: readonly KeptChat[]): void {
    for (const chat of kept) this.#add(chat);
    this.loaded ||= kept.length > 0;
  }

  /** The order may have changed. */
  sort(): void {
    this.#all = undefined;
  }

  /** Says what the client has, and takes in what it missed. After it, the server tells everything. */
  async resume(link: Link, { epoch }: Hello): Promise<void> {
    this.#epoch = epoch;
    const known = [...this.#chats.values()].filter(({ cursor }) => cursor).slice(0, MOST_CURSORS);
    const untold = [...this.#chats.values()].filter(({ cursor }) => !cursor);
    this.#isNews = known.length > 0;
    const cursors = known.map(({ id, cursor }) =>
      [id, cursor?.epoch === epoch ? cursor.rev : BEYOND] as const
    );
    const parts: Promise<unknown>[] = [];
    for (let at = 0; at === 0 || at < cursors.length; at += PART) {
      const more = at + PART < cursors.length;
      const part = Object.fromEntries(cursors.slice(at, at + PART));
      parts.push(link.ask("resume", { epoch, cursors: part, ...(more && { more }) }));
    }
    await Promise.all(parts);
    this.loaded = true;
    // What the user had made before, and is not among what was told, is gone already.
    for (const { id, cursor } of untold) if (!cursor) this.#services.left(id);
    this.#services.changed("conversations", "");
  }

  /** Asks how far the user has read meanwhile, elsewhere: that is no change which is told later. */
  async readElsewhere(): Promise<void> {
    if (this.unread === 0) return;
    const { conversations } = await this.#services.request("GET /api/conversations", {
      query: { limit: 100 },
    });
    for (const view of conversations) {
      const chat = this.get(view.id);
      if (chat?.view.unread) chat.learn(view);
    }
  }

  /** Has everything that only a line can bring, over a new one. */
  refresh(): void {
    for (const chat of this.#chats.values()) chat.refresh();
  }

  /** The line is gone, and with it what only it could keep true. */
  disconnected(): void {
    for (const chat of this.#chats.values()) chat.forgetPassing();
  }

  /** Takes in what the server tells. */
  take(push: ServerPush): void {
    if (push.event === "synced") this.#isNews = true;
    if (!("conversationId" in push)) return;
    const { event, conversationId, rev, data } = push;
    if (event === "conversation_added") return this.#begin(data.conversation, rev, this.#isNews);
    if (event === "conversation_removed") return this.#services.left(conversationId);
    const chat = this.get(conversationId);
    if (event === "sync") {
      if (data.reset) this.#begin(data.conversation, rev, false);
      else chat?.sync(data, this.#cursor(rev));
    } else if (event === "conversation_updated") chat?.updated(data, this.#cursor(rev));
    else if (event === "messages_read" || event === "messages_delivered") chat?.receipt(event, data);
    else if (event === "user_typing") chat?.typed(data.userId, data.isTyping);
    else if (event === "user_left") chat?.typed(data.userId, false);
    else if (event === "file_upload_progress") chat?.fileTold(data);
    // Whatever else is kept carries a whole message.
    else if (rev) chat?.messageTold(data, this.#cursor(rev));
  }

  /** Answers whether it was there. */
  remove(id: string): boolean {
    this.get(id)?.forgetPassing();
    return this.#chats.delete(id);
  }

  #cursor(rev: number): { rev: number; epoch: string } {
    return { rev, epoch: this.#epoch };
  }

  #begin(view: ConversationView, rev: number, isNews: boolean): void {
    const chat = this.#of(view);
    chat.begin(view, this.#cursor(rev), isNews);
    chat.refresh();
  }

  #learn(view: ConversationView): Conversation {
    const chat = this.#of(view);
    chat.learn(view);
    return chat;
  }

  /** One that is not there yet begins with its view alone. */
  #of(view: ConversationView): Chat {
    return this.get(view.id) ?? this.#add({ view, participants: [], messages: [], toldSeq: view.seq });
  }

  #add(kept: KeptChat): Chat {
    const chat = new Chat(this.#services, kept);
    this.#chats.set(chat.id, chat);
    this.#all = undefined;
    this.#services.changed("conversations", chat.id);
    return chat;
  }
}
