import { assert, assertEquals } from "@std/assert";
import type { TestUser } from "./rest.ts";

/** An envelope as the server sent it; its shape is what tests look at. */
// deno-lint-ignore no-explicit-any
export type Received = { readonly event: string; readonly [key: string]: any };

/** Nothing that a test waits for takes this long. */
const PATIENCE_MS = 20_000;

/** How a socket is opened. */
export interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** How a socket ended. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
}

interface Waiting {
  readonly matches: (received: Received) => boolean;
  readonly resolve: (received: Received) => void;
}

/** A client that tests speak through: it matches answers to what was asked, and keeps the rest in order. */
export class TestSocket implements Disposable {
  /** All that came, in order. */
  readonly received: Received[] = [];
  /** The frames that came, as they were. */
  readonly frames: string[] = [];
  readonly closed: Promise<Ended>;
  /** The subprotocol that the server chose. */
  protocol = "";
  /** Called with everything that comes. */
  onReceived: (received: Received) => void = () => {};
  readonly #socket: WebSocket;
  readonly #unseen: Received[] = [];
  readonly #waiting = new Set<Waiting>();
  #ids = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<Ended>();
    this.closed = promise;
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  }

  /** Sends a text, or bytes, as one frame. */
  raw(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** Sends a command without waiting for anything; answers the id it went under. */
  tell(event: string, data?: unknown): string {
    const id = String(++this.#ids);
    this.raw(JSON.stringify({ id, event, data }));
    return id;
  }

  /** The answer to an id. */
  answer(id: string): Promise<Received> {
    return this.#next((received) => received.id === id, `the answer to ${id}`);
  }

  /** Sends a command and gives its answer, whatever it is. */
  ask(event: string, data?: unknown): Promise<Received> {
    return this.answer(this.tell(event, data));
  }

  /** Sends a command that must succeed, and gives the answer's data. */
  async do(event: string, data?: unknown): Promise<Received["data"]> {
    const answer = await this.ask(event, data);
    assert(answer.event !== "error", `${event}: ${JSON.stringify(answer.error)}`);
    return answer.data;
  }

  /** Sends a command that must fail, and gives the error's code. */
  async code(event: string, data?: unknown): Promise<string> {
    const answer = await this.ask(event, data);
    assertEquals(answer.event, "error");
    return answer.error.code;
  }

  /** The next envelope of this event that no one has asked for yet; what came before it stays. */
  next(event: string, matches: (received: Received) => boolean = () => true): Promise<Received> {
    return this.#next((received) => received.event === event && matches(received), event);
  }

  /** Events of what came and was not asked for, in order, but for the heartbeat's. */
  get unseen(): string[] {
    return this.#unseen.map(({ event }) => event);
  }

  /** Forgets what has come so far. */
  forget(): void {
    this.#unseen.length = 0;
  }

  /** Waits until everything that the server had sent before has come. */
  async caughtUp(): Promise<void> {
    await this.do("ping");
  }

  /** Resumes and waits for `synced`; the envelopes of the replay stay to be looked at. */
  async resume(cursors: Readonly<Record<string, number>> = {}, more: object = {}): Promise<Received> {
    const answer = await this.ask("resume", { cursors, ...more });
    assertEquals(answer.event, "synced", JSON.stringify(answer));
    return answer;
  }

  /** Ends the socket and waits for its end. */
  async end(code = 1000): Promise<Ended> {
    this.#socket.close(code);
    return await this.closed;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #take(frame: string): void {
    this.frames.push(frame);
    for (const line of frame.split("\n")) {
      const received: Received = JSON.parse(line);
      this.received.push(received);
      this.onReceived(received);
      const waiting = [...this.#waiting].find(({ matches }) => matches(received));
      if (!waiting) {
        this.#unseen.push(received);
        continue;
      }
      this.#waiting.delete(waiting);
      waiting.resolve(received);
    }
  }

  async #next(matches: Waiting["matches"], what: string): Promise<Received> {
    const index = this.#unseen.findIndex(matches);
    const [found] = index < 0 ? [] : this.#unseen.splice(index, 1);
    if (found) return found;
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    const waiting = { matches, resolve };
    this.#waiting.add(waiting);
    const late = setTimeout(() => {
      const last = JSON.stringify(this.received.slice(-5));
      reject(new Error(`${what} did not come; what came last: ${last}`));
    }, PATIENCE_MS);
    void this.closed.then(({ code }) => reject(new Error(`the socket ended with ${code} before ${what}`)));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(waiting);
    }
  }
}

/** Opens a socket at a server's address, and waits until it is open. Rejects when the server refuses. */
export async function openSocket(
  url: string,
  { headers = {}, protocols = [] }: SocketOptions = {},
): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { headers, protocols: [...protocols] });
  const client = new TestSocket(socket);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onerror = () => reject(new Error("the server refused the socket"));
  await promise;
  socket.onerror = null;
  client.protocol = socket.protocol;
  return client;
}

/** Opens a socket as a user, and waits for `hello`. */
export async function connect(url: string, user: TestUser): Promise<TestSocket> {
  const client = await openSocket(url, { headers: { authorization: `Bearer ${user.token}` } });
  await client.next("hello");
  return client;
}

/** Opens a socket as a user who has nothing yet, and forgets what `resume` told. */
export async function connectLive(url: string, user: TestUser): Promise<TestSocket> {
  const client = await connect(url, user);
  await client.resume();
  client.forget();
  return client;
}
