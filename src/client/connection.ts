import { Alarm } from "./clock.ts";
import { failure, ParleyError } from "./errors.ts";
import { Link } from "./link.ts";
import type { Ending } from "./link.ts";
import type { Hello, ServerPush } from "./protocol.ts";
import type { Runtime } from "./services.ts";
import type { ConnectionState, Socket } from "./types.ts";

/** What the connection leaves to others, and whom it tells. */
export interface ConnectionEvents {
  /** Proves who the user is, and begins to open a socket. Rejects with `ParleyError`. */
  readonly dial: (signal: AbortSignal) => Promise<Socket>;
  readonly onPush: (push: ServerPush) => void;
  /** The server has refused the token that the socket was opened with, or renewed by. */
  readonly onUnauthenticated: () => void;
  /** Brings the client's state to the present over a new socket. */
  readonly catchUp: (link: Link, hello: Hello) => Promise<void>;
  /** Nothing is missed from here on. */
  readonly onOnline: () => void;
  readonly onState: (state: ConnectionState) => void;
}

/** A frame was too large. Beyond 4000 are the server's own codes; all others are of networks and proxies. */
const TOO_LARGE = 1009;
const OWN_CODES = 4000;
const UNAUTHENTICATED = 4401;
/** A line that has held this long was a good one: the next attempt is a first one. */
const GOOD_MS = 10_000;
/** Where the runtime says that there is no network: it may be wrong. */
const OFFLINE_RETRY_MS = 30_000;

/** Keeps a line to the server: opens it, opens it again when it ends, and says how it stands. */
export class Connection {
  state: ConnectionState = { status: "idle" };
  readonly #runtime: Runtime;
  readonly #events: ConnectionEvents;
  readonly #alarm: Alarm;
  #link: Link | undefined;
  #wake = () => {};
  #running: Promise<void> | undefined;
  #wanted: AbortController | undefined;
  #attempt = 0;
  /** The server's own codes after which coming back can help, as its last `hello` said. */
  #retryCodes: readonly number[] = [];
  /** When a draining server wants the client back, by this machine's clock. */
  #drainedUntil: number | undefined;

  constructor(runtime: Runtime, events: ConnectionEvents) {
    this.#runtime = runtime;
    this.#events = events;
    this.#alarm = new Alarm(runtime.clock);
  }

  /** The socket, from its greeting on. */
  get link(): Link | undefined {
    return this.#link?.hello && this.#link;
  }

  /** The socket, while nothing is missed over it. */
  get line(): Link | undefined {
    return this.state.status === "online" ? this.#link : undefined;
  }

  /** Connects, and stays connected. */
  connect(): void {
    if (this.#wanted) return;
    const wanted = this.#wanted = new AbortController();
    this.#attempt = 0;
    const before = this.#running;
    this.#running = (async () => {
      await before;
      await this.#run(wanted.signal);
      if (this.#wanted === wanted) this.#wanted = undefined;
    })();
  }

  /** Tries again at once, or looks whether the line still holds. */
  hurry(): void {
    this.#wake();
    this.#link?.probe();
  }

  /** The server is about to stop, and wants the client back after `ms`. */
  drained(ms: number): void {
    this.#drainedUntil = this.#runtime.clock.now() + ms;
  }

  /** Ends the line, which then stands as `state`. */
  async close(state: ConnectionState = { status: "idle" }): Promise<void> {
    this.#wanted?.abort();
    this.#wanted = undefined;
    this.#wake();
    await this.#link?.close();
    await this.#running;
    this.#tell(state);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#attempt++;
      this.#tell({ status: "connecting", attempt: this.#attempt });
      const next = await this.#once(signal);
      if (signal.aborted) return;
      if (next.status === "ended") return this.#tell(next);
      if (next.status === "waiting") await this.#wait(next);
    }
  }

  /** One socket from its opening to its end; answers what is to come then. */
  async #once(signal: AbortSignal): Promise<ConnectionState> {
    const { dial, onPush } = this.#events;
    const { clock } = this.#runtime;
    try {
      const link = this.#link = new Link(await dial(signal), clock, onPush);
      if (signal.aborted) await link.close();
      const hello = await Promise.race([link.greeted, link.ended.then(() => undefined)]);
      this.#retryCodes = hello?.limits.retryCloseCodes ?? this.#retryCodes;
      const since = hello && await this.#hold(link, hello) ? clock.now() : Infinity;
      const ending = await link.ended;
      if (clock.now() - since >= GOOD_MS) this.#attempt = 0;
      return this.#afterEnd(ending);
    } catch (error) {
      return this.#afterFailure(error);
    } finally {
      this.#link = undefined;
    }
  }

  /** Whether the client has caught up over this socket. A resumption that fails ends it. */
  async #hold(link: Link, hello: Hello): Promise<boolean> {
    this.#tell({ status: "catching_up" });
    try {
      await this.#events.catchUp(link, hello);
      if (!link.isOpen) return false;
      this.#tell({ status: "online" });
      this.#events.onOnline();
      return true;
    } catch (error) {
      link.leave(error instanceof ParleyError ? error.code : String(error));
      return false;
    }
  }

  #afterEnd({ code, reason }: Ending): ConnectionState {
    const why = reason || `${code}`;
    if (code === UNAUTHENTICATED) {
      this.#events.onUnauthenticated();
      // One more attempt, with another token, follows at once.
      return this.#attempt <= 1 ? { status: "connecting", attempt: this.#attempt } : this.#later(why);
    }
    const isFatal = code === TOO_LARGE || code >= OWN_CODES;
    return isFatal && !this.#retryCodes.includes(code)
      ? { status: "ended", reason: why, code }
      : this.#later(why);
  }

  #afterFailure(error: unknown): ConnectionState {
    const { code, status, retryAfterMs } = error instanceof ParleyError
      ? error
      : failure("network", { cause: error });
    // Who is refused as such needs the user's help; what something between has to say is no such answer.
    const isRefused = (status === 401 || status === 403) && code !== "network";
    return isRefused ? { status: "ended", reason: code } : this.#later(code, retryAfterMs);
  }

  /** A draining server has spread its clients itself; those whom it asked to wait alike come back spread all the same. */
  #later(reason: string, retryAfterMs = 0): ConnectionState {
    const now = this.#runtime.clock.now();
    const attempt = Math.max(this.#attempt, 1);
    const drainedUntil = this.#drainedUntil;
    this.#drainedUntil = undefined;
    const retryAt = drainedUntil ?? now + retryAfterMs + this.#runtime.retryMs(attempt);
    return { status: "waiting", retryAt: Math.max(now, retryAt), attempt, reason };
  }

  /** Waits, until it is time or someone hurries. */
  async #wait(state: ConnectionState & { readonly status: "waiting" }): Promise<void> {
    const { onLine } = (globalThis.navigator ?? {}) as { readonly onLine?: boolean };
    const isOffline = onLine === false;
    this.#tell(isOffline ? { status: "offline" } : state);
    const waitMs = isOffline ? OFFLINE_RETRY_MS : state.retryAt - this.#runtime.clock.now();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#alarm.set(waitMs, resolve);
    });
    this.#wake = () => {};
    this.#alarm.clear();
  }

  #tell(state: ConnectionState): void {
    this.state = state;
    this.#events.onState(state);
  }
}
