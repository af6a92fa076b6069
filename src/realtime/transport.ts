import { setImmediate } from "node:timers";

/** A socket, as far as the hub needs one. */
export interface Transport {
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number;
  /** Sends a text frame. Harmless after the end. */
  send(text: string): void;
  /** Begins the end; the other side may never answer. */
  close(code: number, reason: string): void;
  /** Ends it at once, whatever the other side does. */
  drop(code: number, reason: string): void;
}

/** One accepted socket: what its transport calls. */
export interface Accepted {
  /** A frame has come. */
  receive(frame: unknown): void;
  /** The socket has ended. */
  ended(): void;
}

/** How often a close looks whether the texts before it have gone out, and how many times. */
const LOOK_MS = 5;
const LOOKS = 20;
/** How long the other side may take to answer the end. */
const ANSWER_MS = 3_000;
/** How long the end's frame has to leave when nobody waits for the answer. */
const DROP_MS = 50;

/** A transport over a native socket. */
export class WebSocketTransport implements Transport, EventListenerObject {
  readonly #socket: WebSocket;
  #accepted: Accepted | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#close(code, reason, LOOKS);
  }

  drop(code: number, reason: string): void {
    this.#say(code, reason);
    this.#hangUpIn(DROP_MS);
  }

  /**
   * Has `accepted` hear of what comes from now on. One object listens to it all: a function for each event took 2 KB more
   * of every socket. An error is not listened to, since a close follows it.
   */
  tell(accepted: Accepted): void {
    this.#accepted = accepted;
    for (const event of ["message", "close"]) this.#socket.addEventListener(event, this);
  }

  /** What the socket calls. */
  handleEvent(event: Event): void {
    if (event instanceof MessageEvent) return this.#accepted?.receive(event.data);
    clearTimeout(this.#timer);
    this.#accepted?.ended();
  }

  /**
   * Once a close is asked for, the runtime ends the connection at the next frame that comes in; a close frame that
   * then still waits behind other texts is never sent, and the client does not learn why.
   */
  #close(code: number, reason: string, looks: number): void {
    const socket = this.#socket;
    if (socket.readyState > WebSocket.OPEN) return;
    if (socket.bufferedAmount > 0 && looks > 0) {
      this.#timer = setTimeout(() => this.#close(code, reason, looks - 1), LOOK_MS);
      return;
    }
    // Nothing ends a socket whose reader has stalled; as long as it stays, it is to be known.
    const stalled = socket.bufferedAmount > 0;
    this.#say(code, reason);
    if (!stalled) this.#hangUpIn(ANSWER_MS);
  }

  /**
   * Asks for the close frame after what has come is handed on. Asked in a timer, the runtime hands on what has come before
   * it writes, and the frame of a client that goes on sending ends the connection with the close frame unsent.
   */
  #say(code: number, reason: string): void {
    const socket = this.#socket;
    setImmediate(() => {
      if (socket.readyState <= WebSocket.OPEN) socket.close(code, reason);
    });
  }

  #hangUpIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => hangUp(this.#socket), ms);
  }
}

/**
 * Ends the connection of a socket that is closing. The runtime waits for the answer for ever, and meanwhile takes in
 * whatever part of a message comes; it has no call for more, so that this is the one its own timeouts use. Without it
 * (a test holds that it is there) the socket stays until the other side goes.
 */
function hangUp(socket: WebSocket): void {
  const internal: unknown = Reflect.get(Deno, "internal");
  const runtime: unknown = typeof internal === "symbol" ? Reflect.get(Deno, internal) : undefined;
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "[[rid]]");
  const id: unknown = key && Reflect.get(socket, key);
  // While a socket counts as open, its next call would bring the runtime down.
  if (socket.readyState !== WebSocket.CLOSING || typeof id !== "number" || !hasCore(runtime)) return;
  runtime.core.tryClose(id);
}

function hasCore(value: unknown): value is { readonly core: { tryClose(id: number): void } } {
  if (typeof value !== "object" || value === null || !("core" in value)) return false;
  const { core } = value;
  return typeof core === "object" && core !== null && "tryClose" in core &&
    typeof core.tryClose === "function";
}
