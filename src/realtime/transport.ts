/** A socket, as far as the hub needs one. */
export interface Transport {
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number;
  /** Sends a text frame. Harmless after the end. */
  send(text: string): void;
  /** Begins the end; the other side may never answer. */
  close(code: number, reason: string): void;
}

/** How often a close looks whether the texts before it have gone out, and how many times. */
const LOOK_MS = 5;
const LOOKS = 20;

/** A transport over a native socket. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;

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

  /**
   * Once a close is asked for, the runtime ends the connection at the next frame that comes in; a close frame that
   * then still waits behind other texts is never sent, and the client does not learn why.
   */
  #close(code: number, reason: string, looks: number): void {
    const socket = this.#socket;
    if (socket.readyState > WebSocket.OPEN) return;
    if (socket.bufferedAmount === 0 || looks === 0) return socket.close(code, reason);
    setTimeout(() => this.#close(code, reason, looks - 1), LOOK_MS);
  }
}
