import type { Cluster } from "./cluster.ts";
import type { Ledger } from "./cluster_ledger.ts";
import { pause } from "./cluster_random.ts";
import type { TestUser } from "./rest.ts";
import type { Received } from "./socket.ts";
import { Replica } from "./socket_replica.ts";

/** A request without an answer after this long is made again, elsewhere if need be. */
const PATIENCE_MS = 8_000;
/** Many who come back at once are let in one after another. */
const RESUME_PATIENCE_MS = 30_000;
const AGAIN_MS = 50;
/** Whoever finds no way in comes back ever later. */
const AGAIN_AT_MOST_MS = 2_000;
/** How long a message is tried in all. */
const GIVE_UP_MS = 30_000;

interface Line {
  readonly socket: WebSocket;
  readonly node: number;
  readonly waiting: Map<string, (answer: Received | undefined) => void>;
}

/**
 * A client as they are told to be: it follows its conversations over a socket, comes back to any node that runs with
 * its cursors, and sends what was not acknowledged again under the same `clientId`.
 */
export class ClusterClient {
  readonly replica = new Replica();
  /** What came that is no change of a conversation, and answers nothing. */
  readonly signals: Received[] = [];
  /** The `rev`s of conversations that came, in order. */
  readonly told: { readonly event: string; readonly conversationId: string; readonly rev: number }[] = [];
  /** What the node calls itself that it is on, or was on last. */
  instance: string | undefined;
  /** Close codes of the sockets that ended, in order. */
  readonly ends: number[] = [];
  readonly #cluster: Cluster;
  readonly #ledger: Ledger;
  readonly #home: number;
  #line: Line | undefined;
  #live = false;
  #leaving = false;
  #running: Promise<void> = Promise.resolve();
  #awayMs = 0;
  #ids = 0;

  constructor(cluster: Cluster, readonly user: TestUser, home: number, ledger: Ledger) {
    this.#cluster = cluster;
    this.#home = home;
    this.#ledger = ledger;
  }

  /** The node that it is on, once it has resumed there. */
  get node(): number | undefined {
    return this.#live ? this.#line?.node : undefined;
  }

  /** Comes, and from now on comes back; resolves once it has resumed and read what was said before. */
  async start(): Promise<this> {
    this.#running = this.#stay();
    while (!this.#live) await pause(5);
    // From here on what it knows is what it was told: pages that are read later would hide what was missed.
    await this.replica.fetchMissing(this.#cluster.rest(), this.user);
    return this;
  }

  /** Ends its socket, to come back at once. */
  reconnect(): void {
    this.#live = false;
    this.#line?.socket.close(1000);
  }

  /** Is not to come back, once its socket has ended. */
  leave(): void {
    this.#leaving = true;
  }

  /** Leaves for good. */
  async stop(): Promise<void> {
    this.leave();
    this.#line?.socket.close(1000);
    await this.#running;
  }

  /** Sends a command that has no answer. */
  tell(event: string, data: object): void {
    this.#line?.socket.send(JSON.stringify({ event, data }));
  }

  /** Sends a command; `undefined` when the socket ended, or nothing came in time. */
  async ask(event: string, data: object, patienceMs = PATIENCE_MS): Promise<Received | undefined> {
    const line = this.#line;
    if (!line || line.socket.readyState !== WebSocket.OPEN) return undefined;
    const id = String(++this.#ids);
    const { promise, resolve } = Promise.withResolvers<Received | undefined>();
    line.waiting.set(id, resolve);
    const late = setTimeout(() => resolve(undefined), patienceMs);
    line.socket.send(JSON.stringify({ id, event, data }));
    const answer = await promise;
    clearTimeout(late);
    line.waiting.delete(id);
    return answer;
  }

  /**
   * Says something until it is acknowledged, over the socket or by REST, and has the ledger hold the answers against
   * each other. Answers the node that acknowledged it and the message's place.
   */
  async say(conversationId: string, by: "socket" | "rest" = "socket"): Promise<Acknowledged | undefined> {
    const clientId = this.#ledger.saying(conversationId, this.user.name);
    const began = performance.now();
    const data = { conversationId, clientId, content: `said as ${clientId}` };
    while (performance.now() - began < GIVE_UP_MS) {
      const answer = await (by === "rest" ? this.#post(data) : this.#push(data));
      if (answer && "seq" in answer) {
        this.#ledger.acknowledged(clientId, answer.seq, performance.now() - began);
        return answer;
      }
      if (answer && !answer.retryable) {
        this.#ledger.faults.push(`${clientId} was refused: ${answer.code}`);
        return undefined;
      }
      if (answer) this.#ledger.refused(answer.code);
      await pause(AGAIN_MS);
    }
    this.#ledger.faults.push(`${clientId} was not acknowledged within ${GIVE_UP_MS} ms`);
    return undefined;
  }

  async #push(data: object): Promise<Acknowledged | Refused | undefined> {
    const { node } = this;
    if (node === undefined) return undefined;
    const answer = await this.ask("send_message", data);
    if (!answer) return undefined;
    return answer.event === "error" ? answer.error : placed(node, answer.data.message);
  }

  async #post(data: object): Promise<Acknowledged | Refused | undefined> {
    const node = this.#place();
    if (node === undefined) return undefined;
    try {
      const { status, body } = await this.#cluster.rest(node).call(this.user, "POST /api/messages", data);
      return status < 300 ? placed(node, body) : { code: body.code, retryable: status >= 500 };
    } catch {
      return undefined; // the node ended
    }
  }

  /** Its own node, or else the next one that runs. */
  #place(): number | undefined {
    const { running } = this.#cluster;
    return running.includes(this.#home) ? this.#home : running[this.#home % running.length];
  }

  async #stay(): Promise<void> {
    let wait = AGAIN_MS;
    while (!this.#leaving) {
      const node = this.#place();
      const opened = node !== undefined && await this.#visit(node);
      wait = opened ? AGAIN_MS : Math.min(2 * wait, AGAIN_AT_MOST_MS);
      if (!this.#leaving) await pause(this.#awayMs || wait * (0.5 + Math.random() / 2));
      this.#awayMs = 0;
    }
  }

  /** Connects, resumes, and when the socket has ended answers whether it was ever open. */
  async #visit(node: number): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.user.token}` };
    const socket = new WebSocket(`${this.#cluster.url(node).replace("http", "ws")}/ws`, { headers });
    const line: Line = { socket, node, waiting: new Map() };
    const { promise: ended, resolve } = Promise.withResolvers<boolean>();
    let opened = false;
    this.#line = line;
    this.replica.reconnected();
    socket.onopen = () => opened = true;
    socket.onmessage = ({ data }) => String(data).split("\n").forEach((text) => this.#take(line, text));
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = ({ code }) => {
      this.#live = false;
      if (opened) this.ends.push(code);
      for (const answer of line.waiting.values()) answer(undefined);
      resolve(opened);
    };
    return await ended;
  }

  #take(line: Line, text: string): void {
    const received: Received = JSON.parse(text);
    const { event, data } = received;
    this.replica.apply(received);
    const answer = received["id"] === undefined ? undefined : line.waiting.get(received["id"]);
    if (answer) return answer(received);
    if (event === "hello") {
      this.instance = data.instance;
      return void this.#resume(line);
    }
    if (event === "server_draining") this.#awayMs = data.reconnectAfterMs;
    const { conversationId, rev } = received;
    if (rev === undefined) this.signals.push(received);
    else this.told.push({ event, conversationId, rev });
  }

  /** An overloaded node is asked again when it says so. */
  async #resume(line: Line): Promise<void> {
    while (line.socket.readyState === WebSocket.OPEN) {
      const { epoch, cursors } = this.replica;
      const data = { epoch, cursors: Object.fromEntries(cursors) };
      const answer = await this.ask("resume", data, RESUME_PATIENCE_MS);
      if (answer?.event === "synced") return void (this.#live = this.#line === line);
      if (!answer?.["error"]?.retryable) return line.socket.close();
      await pause(answer["error"].retryAfterMs ?? AGAIN_MS);
    }
  }
}

export interface Acknowledged {
  /** The node that acknowledged. */
  readonly node: number;
  readonly messageId: string;
  readonly seq: number;
}

interface Refused {
  readonly code: string;
  readonly retryable: boolean;
}

function placed(node: number, { id, seq }: { readonly id: string; readonly seq: number }): Acknowledged {
  return { node, messageId: id, seq };
}
