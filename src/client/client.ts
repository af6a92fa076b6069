import { Account } from "./account.ts";
import { backoff } from "./backoff.ts";
import { Alarm, systemClock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { failure } from "./errors.ts";
import type { ParleyError } from "./errors.ts";
import { Emitter } from "./events.ts";
import { closed, Http } from "./http.ts";
import { tolerant } from "./keeper.ts";
import type { Link } from "./link.ts";
import type { Hello, ServerPush } from "./protocol.ts";
import type { RouteAnswer, RouteName } from "./routes.ts";
import { memoryStorage } from "./storage_memory.ts";
import type { Runtime } from "./services.ts";
import { Tokens, unauthenticated } from "./tokens.ts";
import type {
  CallArguments,
  CallOptions,
  Client,
  ClientEvent,
  ClientEvents,
  ClientOptions,
  ConnectionState,
  ConversationList,
  OpenSocket,
  Presence,
  Socket,
} from "./types.ts";
import type { SignedIn, User } from "./wire.ts";
import { watchPage } from "./page.ts";

const SUBPROTOCOL = "parley.v1";
const LOGOUT_MS = 5_000;
const TICKET_MS = 8_000;
const RENEW_AGAIN_MS = 5_000;
/** Routes that are for those who have no token. */
const SIGNING_IN = /\/(register|login|refresh)$/;
/** Routes that answer with the user's own record, if they answer. */
const OWN_RECORD = /\/(users\/me|preferences|profile)$/;

/** Makes a client; it does nothing before it is asked to. */
export function createClient(options: ClientOptions = {}): Client {
  return new ParleyClient(options);
}

class ParleyClient implements Client {
  readonly #options: ClientOptions;
  readonly #runtime: Runtime;
  readonly #tokens: Tokens;
  readonly #connection: Connection;
  readonly #renewal: Alarm;
  #account: Account | undefined;
  #restoring: Promise<User | undefined> | undefined;
  #closing: Promise<void> | undefined;
  /** The token that the socket was opened with, or renewed by; and the one that the server has refused. */
  #socketToken: string | undefined;
  #spentToken: string | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#runtime = runtimeOf(options);
    this.#tokens = new Tokens(this.#runtime, {
      onFresh: (accessToken, user) => this.#onFresh(accessToken, user),
      onLost: () => void this.#leave(true, { status: "ended", reason: "signed_out" }),
    });
    this.#connection = new Connection(this.#runtime, {
      dial: (signal) => this.#dial(signal),
      onPush: (push) => this.#take(push),
      onUnauthenticated: () => this.#spentToken = this.#socketToken,
      catchUp: (link, hello) => this.#catchUp(link, hello),
      onOnline: () => this.#account?.online(),
      onState: (state) => {
        if (state.status !== "online") this.#account?.offline();
        this.#runtime.emitter.emit("connection", state);
      },
    });
    this.#renewal = new Alarm(this.#runtime.clock);
    watchPage(this.#runtime.http.closing, () => this.#connection.hurry(), () => void this.#account?.flush());
  }

  get user(): User | undefined {
    return this.#account?.me;
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  get conversations(): ConversationList {
    return this.#account?.chats ?? NOTHING;
  }

  async request<R extends RouteName>(route: R, ...[input]: CallArguments<R>): Promise<RouteAnswer<R>> {
    const answer = await this.#call(route, input ?? {});
    if (answer && OWN_RECORD.test(route)) await this.#learn(answer as User);
    return answer as RouteAnswer<R>;
  }

  register(body: object): Promise<User> {
    return this.#signIn("POST /api/auth/register", body);
  }

  login(body: object): Promise<User> {
    return this.#signIn("POST /api/auth/login", body);
  }

  restore(): Promise<User | undefined> {
    return this.#restoring ??= this.#restore().finally(() => this.#restoring = undefined);
  }

  async logout(): Promise<void> {
    await this.#connection.close();
    // A server that cannot be reached ends the session when it has not been used for long.
    await this.#call("POST /api/auth/logout", { timeoutMs: LOGOUT_MS }).catch(() => {});
    await this.#leave(true);
    await this.#runtime.storage.clear();
  }

  connect(): void {
    if (this.#closing) throw closed();
    this.#connection.connect();
  }

  reconnectNow(): void {
    this.#connection.hurry();
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  on<E extends ClientEvent>(
    event: E,
    listener: (data: ClientEvents[E]) => void,
    options?: CallOptions,
  ): () => void {
    return this.#runtime.emitter.on(event, listener, options);
  }

  events<E extends ClientEvent>(event: E, options?: CallOptions): AsyncIterable<ClientEvents[E]> {
    return this.#runtime.emitter.events(event, options);
  }

  async watchPresence(userIds: readonly string[]): Promise<void> {
    await this.#account?.presences.watch(userIds, this.#connection.line);
  }

  presenceOf(userId: string): Presence | undefined {
    return this.#account?.presences.of(userId);
  }

  async #signIn(route: "POST /api/auth/register" | "POST /api/auth/login", body: object): Promise<User> {
    const answer = await this.#call(route, { body }) as SignedIn;
    await this.#leave(false);
    await this.#tokens.accept(answer);
    return await this.#enter(answer.user);
  }

  async #restore(): Promise<User | undefined> {
    if (this.user) return this.user;
    let user = await this.#tokens.restore();
    const { accessToken } = this.#options;
    if (!user && accessToken) {
      user = await this.#runtime.http.call("GET /api/users/me", { token: accessToken }) as User;
      this.#tokens.adopt(accessToken, user);
    }
    return user && await this.#enter(user);
  }

  /** Takes up the account of who has signed in. */
  async #enter(user: User): Promise<User> {
    const request: Client["request"] = (route, ...input) => this.request(route, ...input);
    const account = new Account(this.#runtime, this.#connection, request, user);
    await account.load();
    this.#account = account;
    this.#tellUser();
    return user;
  }

  /** Leaves the account; what it has not written yet is forgotten when the user is signed out. */
  async #leave(isSignedOut: boolean, state?: ConnectionState): Promise<void> {
    const account = this.#account;
    this.#account = undefined;
    this.#renewal.clear();
    await this.#connection.close(state);
    if (isSignedOut) this.#tokens.grant = undefined;
    if (!account) return;
    await account.close(!isSignedOut);
    this.#tellUser();
  }

  #tellUser(): void {
    this.#runtime.emitter.emit("user", this.user);
    this.#runtime.emitter.emit("conversations", undefined, "");
  }

  async #close(): Promise<void> {
    const { http, emitter, storage } = this.#runtime;
    this.#renewal.clear();
    await this.#connection.close();
    http.close();
    await this.#account?.close(true);
    emitter.close();
    storage.close();
  }

  /** Calls with a token that is good, and once more with another one when the server does not take it. */
  async #call(route: string, call: object): Promise<unknown> {
    const { http } = this.#runtime;
    const isOpen = SIGNING_IN.test(route) || !this.#tokens.grant;
    const token = isOpen ? undefined : await this.#tokens.fresh();
    try {
      return await http.call(route, { ...call, token });
    } catch (error) {
      const { code } = error as ParleyError;
      if (!token || code !== "token_expired" && code !== "unauthenticated") throw error;
      return await http.call(route, { ...call, token: await this.#tokens.fresh(token) });
    }
  }

  async #learn(user: User): Promise<void> {
    if (this.#account?.me.id !== user.id) return;
    this.#account.me = user;
    this.#runtime.emitter.emit("user", user);
    await this.#tokens.learn(user);
  }

  async #dial(signal: AbortSignal): Promise<Socket> {
    if (!this.#account) await this.restore();
    await this.#tokens.fresh(this.#spentToken);
    const call = { signal, timeoutMs: TICKET_MS };
    const { ticket } = this.#options.ticket === false
      ? { ticket: undefined }
      : await this.#call("POST /api/auth/ws-ticket", call) as { ticket: string };
    const token = this.#socketToken = await this.#tokens.fresh();
    const WebSocket = this.#options.WebSocket ?? globalThis.WebSocket as unknown as OpenSocket;
    const credentials = ticket
      ? [SUBPROTOCOL, `ticket.${ticket}`]
      : { headers: { authorization: `Bearer ${token}` } };
    return new WebSocket(`${this.#runtime.url.replace(/^http/, "ws")}/ws`, credentials);
  }

  async #catchUp(link: Link, hello: Hello): Promise<void> {
    this.#renewLater();
    this.#authenticate(await this.#tokens.fresh());
    await this.#account?.chats.resume(link, hello);
  }

  #take(push: ServerPush): void {
    if (push.event === "server_draining") this.#connection.drained(push.data.reconnectAfterMs);
    else this.#account?.take(push);
  }

  #onFresh(accessToken: string, user = this.user): void {
    if (user) void this.#learn(user);
    this.#authenticate(accessToken);
  }

  /** Hands a fresh token to the socket. One that it does not take ends the socket, and the next one has it. */
  #authenticate(token: string): void {
    const { link } = this.#connection;
    if (!link || token === this.#socketToken) return;
    this.#socketToken = token;
    link.ask("authenticate", { token }).catch(() => {});
  }

  /** Renews the token before it ends, for as long as there is a socket that would end with it. */
  #renewLater(): void {
    const waitMs = (this.#tokens.grant?.renewAt ?? Infinity) - this.#runtime.clock.now();
    this.#renewal.set(waitMs > 0 ? waitMs : RENEW_AGAIN_MS, async () => {
      await this.#tokens.fresh().catch(() => {}); // who needs it will hear why
      if (this.#connection.link) this.#renewLater();
    });
  }
}

/** What the options say, and what takes the place of those that are left out. */
function runtimeOf({ url, clock = systemClock, random = Math.random, ...options }: ClientOptions): Runtime {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  const base = (url ?? location?.origin ?? "").replace(/\/+$/, "");
  const emitter = new Emitter();
  const storage = tolerant(options.storage ?? memoryStorage(), (cause) => {
    emitter.emit("error", failure("storage", { cause }));
  });
  // Browsers want to be called by their own window.
  const http = new Http(base, (input, init) => (options.fetch ?? fetch)(input, init), clock);
  const retryMs = (attempt: number) => backoff(attempt, random);
  return { url: base, clock, retryMs, storage, emitter, http };
}

const refuse = () => Promise.reject(unauthenticated());

/** The conversations of nobody. */
const NOTHING: ConversationList = {
  all: [],
  unread: 0,
  loaded: false,
  get: () => undefined,
  create: refuse,
  join: refuse,
};
