import { Buffer } from "node:buffer";

/** Nothing that a test waits for takes this long. */
const PATIENCE_MS = 20_000;

/** A WebSocket client on the level of bytes, for what no well-behaved one does. Disposing ends it. */
export class RawSocket implements Disposable {
  readonly #conn: Deno.TcpConn;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects and sends the handshake; whatever is answered is to be read. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<RawSocket> {
    const { hostname, port, host } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    const lines = Object.entries({
      host,
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    }).filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}\r\n`);
    await conn.write(new TextEncoder().encode(`GET /ws HTTP/1.1\r\n${lines.join("")}\r\n`));
    return new RawSocket(conn);
  }

  /** Sends one frame (RFC 6455, section 5.2), masked with the key 0. Rejects once the connection has ended. */
  async frame(opcode: number, payload: string | Uint8Array, last = true): Promise<void> {
    const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    const frame = new Uint8Array(14 + body.length);
    frame[0] = (last ? 0x80 : 0) | opcode;
    frame[1] = 0x80 | 127;
    new DataView(frame.buffer).setBigUint64(2, BigInt(body.length));
    frame.set(body, 14);
    await this.#write(frame);
  }

  /** Sends the head of a text frame of so many bytes, of which none follow. */
  async announce(bytes: number): Promise<void> {
    const head = new Uint8Array(14);
    head.set([0x80 | OPCODE.text, 0x80 | 127]);
    new DataView(head.buffer).setBigUint64(2, BigInt(bytes));
    await this.#write(head);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** What comes next, a character for each byte; `undefined` at the end, however it comes. */
  async read(): Promise<string | undefined> {
    const buffer = new Uint8Array(65_536);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this[Symbol.dispose]();
    }, PATIENCE_MS);
    const length = await this.#conn.read(buffer).catch(() => null);
    clearTimeout(timer);
    if (late) throw new Error("nothing came, and no end");
    return length === null ? undefined : Buffer.from(buffer.subarray(0, length)).toString("latin1");
  }

  /** Reads until `mark` has come, and answers all that did; fails at the end. */
  async readTo(mark: string): Promise<string> {
    let read = "";
    while (!read.includes(mark)) {
      const more = await this.read();
      if (more === undefined) throw new Error(`the connection ended before ${JSON.stringify(mark)}: ${read}`);
      read += more;
    }
    return read;
  }

  /** Reads until the end. */
  async readToEnd(): Promise<string> {
    let read = "";
    for (let more = await this.read(); more !== undefined; more = await this.read()) read += more;
    return read;
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // it has ended already
    }
  }
}

/** The opcodes that tests send. */
export const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;
