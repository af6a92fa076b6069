/** The client's public surface. Snapshots are immutable: what has not changed is the same object as before. */

import type { ParleyError } from "./errors.ts";
import type { RouteAnswer, RouteInput, RouteName } from "./routes.ts";
import type { ContentInput, ConversationView, MessageView, Participant, Role, Upload, User } from "./wire.ts";

/** Time as it is passed in, so that tests can move it. */
export interface ClientClock {
  /** Milliseconds since 1970, by the machine's own clock. */
  now(): number;
  /** Runs `task` once after `ms`; the answer takes it back. */
  after(ms: number, task: () => void): () => void;
}

/** The part of a WebSocket that the client uses; those of browsers, Deno, Node and Bun have it. */
export interface Socket {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** Opens a socket: by subprotocols, or with headers where the runtime allows them. */
export type OpenSocket = new (
  url: string,
  options: string[] | { readonly headers: Readonly<Record<string, string>> },
) => Socket;

/** How a client is made. */
export interface ClientOptions {
  /** Where the server is, as `https://chat.example.org`; in a browser the page's origin unless given. */
  readonly url?: string;
  /** What outlives a reload; memory alone unless given. Tabs of one browser may share one. */
  readonly storage?: ClientStorage;
  /** An access token of a program that got one elsewhere; else sign in. It is never refreshed. */
  readonly accessToken?: string;
  /** Whether a ticket opens the socket, which works everywhere (the default), or a header. */
  readonly ticket?: boolean;
  readonly fetch?: typeof fetch;
  readonly WebSocket?: OpenSocket;
  readonly clock?: ClientClock;
  /** From 0 to less than 1: spreads the delays. */
  readonly random?: () => number;
}

/** The body of a route. */
type BodyOf<R extends RouteName> = RouteInput<R> extends { readonly body?: infer B } ? NonNullable<B> : never;

/** How a call of REST is made, beside what the route takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a call takes; nothing need be given where everything may be left out. */
export type CallArguments<R extends RouteName> = Record<never, never> extends RouteInput<R>
  ? [input?: RouteInput<R> & CallOptions]
  : [input: RouteInput<R> & CallOptions];

/** One user's connection to one server, with everything that the user may see of it. */
export interface Client extends AsyncDisposable {
  /**
   * One call of REST, typed by route: `request("GET /api/conversations/:id", { params: { id } })`. Signs in again by
   * the refresh token where the access token has ended. Rejects with `ParleyError`.
   */
  request<R extends RouteName>(route: R, ...input: CallArguments<R>): Promise<RouteAnswer<R>>;

  /** Who is signed in, as last known. */
  readonly user: User | undefined;
  /** Makes an account and signs in. */
  register(body: BodyOf<"POST /api/auth/register">): Promise<User>;
  /** Signs in. */
  login(body: BodyOf<"POST /api/auth/login">): Promise<User>;
  /** Takes up who was signed in, and what was read, from the storage; works offline. */
  restore(): Promise<User | undefined>;
  /** Ends the session, as far as the server can be reached, and forgets everything, in the storage too. */
  logout(): Promise<void>;

  /** How the line to the server stands. */
  readonly connection: ConnectionState;
  /** Connects and stays connected until `close()`, `logout()`, or a reason to end it for good. */
  connect(): void;
  /** Does not wait any longer before the next attempt. */
  reconnectNow(): void;
  /** Writes what is left to the storage and ends everything: no timer, socket or listener stays. */
  close(): Promise<void>;

  /** The user's conversations. */
  readonly conversations: ConversationList;
  /** Listens until `signal` aborts, the client closes or the answer is called. */
  on<E extends ClientEvent>(
    event: E,
    listener: (data: ClientEvents[E]) => void,
    options?: CallOptions,
  ): () => void;
  /** The same as a sequence; nothing is lost between two steps. Ends without an error. */
  events<E extends ClientEvent>(event: E, options?: CallOptions): AsyncIterable<ClientEvents[E]>;
  /** Asks to be told who of these (at most 200) comes and goes; replaces those of before, kept when reconnected. */
  watchPresence(userIds: readonly string[]): Promise<void>;
  /** Whether a user is online, as last told; of those watched and of open conversations. Old while there is no line. */
  presenceOf(userId: string): Presence | undefined;
}

/** Whether someone is online. */
export interface Presence {
  readonly isOnline: boolean;
  /** An ISO time; of someone offline who shows it. */
  readonly lastSeen: string | null;
}

/** How the line to the server stands. */
export type ConnectionState =
  /** Not asked to connect. */
  | { readonly status: "idle" }
  | { readonly status: "connecting"; readonly attempt: number }
  /** Open; what was missed is on its way. */
  | { readonly status: "catching_up" }
  /** Nothing is missed from here on. */
  | { readonly status: "online" }
  /** The next attempt begins at `retryAt`, in milliseconds since 1970. */
  | {
    readonly status: "waiting";
    readonly retryAt: number;
    readonly attempt: number;
    readonly reason: string;
  }
  /** The runtime says that there is no network. */
  | { readonly status: "offline" }
  /** For good, until `connect()`: signed out, forbidden, … */
  | { readonly status: "ended"; readonly reason: string; readonly code?: number };

/** What a client tells of, and with what. What changed is told once a turn of the loop. */
export interface ClientEvents {
  connection: ConnectionState;
  user: User | undefined;
  /** The list, its order or any of its unread counts changed. */
  conversations: void;
  /** A conversation's own view, members or settings changed. */
  conversation: { readonly id: string };
  /** The loaded messages of a conversation changed, or those on their way. */
  messages: { readonly id: string };
  /**
   * A message that is new to this client, in order; `live` when it came after the client had caught up. After a
   * reset (too much was missed) what was missed is not told one by one.
   */
  message: { readonly conversationId: string; readonly message: MessageView; readonly live: boolean };
  typing: { readonly conversationId: string };
  presence: { readonly userId: string };
  receipts: { readonly conversationId: string };
  /** The files that others are bringing changed, or how far they have come. */
  uploads: { readonly conversationId: string };
  /** The user is no longer in a conversation. */
  removed: { readonly id: string };
  /** Something failed that nobody waits for. */
  error: ParleyError;
}

export type ClientEvent = keyof ClientEvents;

/** The user's conversations. */
export interface ConversationList {
  /** The latest activity first. */
  readonly all: readonly Conversation[];
  /** Messages that are not read, in all of them. */
  readonly unread: number;
  /** Whether the list has come, from the server or from the storage. */
  readonly loaded: boolean;
  get(id: string): Conversation | undefined;
  /** Makes a group, or the direct conversation of two people: the second time answers with the first one. */
  create(body: BodyOf<"POST /api/conversations">): Promise<Conversation>;
  /** Joins a public group. */
  join(id: string): Promise<Conversation>;
}

/** How far a member has come. */
export interface Receipt {
  readonly lastReadSeq: number;
  readonly lastDeliveredSeq: number;
}

/** How a message is sent. */
export interface SendOptions {
  /** What it answers. */
  readonly replyTo?: MessageView | undefined;
  /** Names the message: what was sent under the same one before is not sent again. Made up unless given. */
  readonly clientId?: string | undefined;
}

/** How a file is sent. */
export interface FileOptions extends SendOptions {
  /** What is said with it. */
  readonly text?: string;
  /** Of a recording: how loud it is along the way, in 1 to 100 whole numbers from 0 to 100. */
  readonly waveform?: readonly number[] | undefined;
}

/** How a file is brought. */
export interface UploadOptions {
  /** What it is called; as the file itself says, unless given. */
  readonly name?: string;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many of the file's bytes are there. */
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
  /** Told the id under which a file that comes in parts can be gone on with. */
  readonly onBegun?: (uploadId: string) => void;
  /** Goes on with what was begun under this id; begins anew where the server has given it up. */
  readonly uploadId?: string | undefined;
}

/** A file that another member is bringing. */
export interface ArrivingFile {
  readonly userId: string;
  readonly uploadId: string;
  /** Per cent. */
  readonly progress: number;
}

/** One conversation. The object stays the same; what its getters give are snapshots. */
export interface Conversation {
  readonly id: string;
  /** The last known state, the own unread count included. */
  readonly view: ConversationView;
  /** As far as loaded: both of a direct one, at most 100 of a group after `open()`. */
  readonly participants: readonly Participant[];
  /** A stretch without holes in rising `seq`, then what is on its way. */
  readonly messages: readonly LocalMessage[];
  /** Whether there is more before the loaded stretch. */
  readonly hasOlder: boolean;
  /** Whether there is more after the loaded stretch. */
  readonly hasNewer: boolean;
  /** The ids of others who are typing. */
  readonly typing: readonly string[];
  /** The files that others are bringing, as far as they tell; of an open conversation. */
  readonly arriving: readonly ArrivingFile[];
  /** How far the others have come, by user id, as far as known. */
  readonly receipts: ReadonlyMap<string, Receipt>;

  /** Loads up to `limit` (50, at most 100) messages before the stretch. */
  loadOlder(limit?: number): Promise<void>;
  /** Loads up to `limit` messages after the stretch. */
  loadNewer(limit?: number): Promise<void>;
  /** Replaces the stretch by the newest messages. */
  loadNewest(): Promise<void>;
  /** Replaces the stretch by what lies around a place. */
  loadAround(seq: number): Promise<void>;
  /**
   * Has the conversation open, now and after each reconnection: receipts, typing and presence come, members and the
   * newest messages are loaded. Answers the way to leave; it stays open until everyone who opened it has left.
   */
  open(): () => void;

  /** Puts a message into the outbox, from where it goes out in order, once, also after a reload. */
  send(content: string | ContentInput, options?: SendOptions): LocalMessage;
  /**
   * Brings a file, which is then one's own for a day, unless it becomes a message. Goes on after a cut line; large ones
   * where they stopped, and with `uploadId` after a reload too. Rejects with what the server refuses it for
   * (`payload_too_large`, `unsupported_media_type`, `file_type_mismatch`, `quota_exceeded`, `file_infected`, …), or with
   * `aborted`: then nothing of it stays.
   */
  upload(file: Blob, options?: UploadOptions): Promise<Upload>;
  /** Sends a file that was brought, as an `image` where it is a picture, else as a `file`. */
  sendUpload(upload: Upload, options?: FileOptions): LocalMessage;
  /** Brings a file and sends it. */
  sendFile(file: Blob, options?: FileOptions & UploadOptions): Promise<LocalMessage>;
  /** Sends a failed message again. */
  retry(clientId: string): void;
  /** Takes a failed message away. */
  discard(clientId: string): void;
  edit(messageId: string, text: string): Promise<void>;
  delete(messageId: string): Promise<void>;
  /** Sets or clears one's own reaction. */
  react(messageId: string, emoji: string, on: boolean): Promise<void>;
  pin(messageId: string, on: boolean): Promise<void>;
  /** Everything up to `seq` (the newest message unless given) is read; told in batches, later when offline. */
  markRead(seq?: number): void;
  /** To be called with every key; told no more often than needed. */
  setTyping(isTyping: boolean): void;

  /** Changes name, description or settings of a group. */
  update(body: BodyOf<"PATCH /api/conversations/:id">): Promise<void>;
  leave(): Promise<void>;
  /** Ends a group for all (admins), or hides a direct conversation until its next message. */
  delete_(): Promise<void>;
  addParticipant(userId: string, role?: Role): Promise<void>;
  removeParticipant(userId: string): Promise<void>;
  setRole(userId: string, role: Role): Promise<void>;
}

/**
 * How far a message has come. Of one's own: `sending`, `sent` once stored, then `delivered` and `read` when the
 * other one of a direct conversation, or any other member of a group, has received and read it; `failed` when it was
 * refused for good. Others' are `sent`.
 */
export type MessageState = "sending" | "sent" | "delivered" | "read" | "failed";

/** A message as the client shows it: the server's, or one on its way. */
export interface LocalMessage {
  readonly clientId: string | null;
  readonly state: MessageState;
  /** Why it failed. */
  readonly error?: ParleyError;
  /** Of one on its way provisional: the `clientId` as id, `seq` and `rev` 0. */
  readonly message: MessageView;
}

/** Where a client keeps what outlives it. Values are structured-cloneable; keys are texts. */
export interface ClientStorage {
  get<T>(key: string): Promise<T | undefined>;
  /** Writes all entries or none. */
  set(entries: ReadonlyMap<string, unknown>): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** The keys that begin with `prefix`, in their order. */
  keys(prefix: string): Promise<string[]>;
  clear(): Promise<void>;
  close(): void;
}
