/** A socket, as far as the hub needs one. */
export interface Transport {
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number;
  /** Sends a text frame. Harmless after the end. */
  send(text: string): void;
  /** Begins the end; the other side may never answer. */
  close(code: number, reason: string): void;
}

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
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close(code, reason);
  }
}
