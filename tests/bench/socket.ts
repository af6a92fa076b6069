import { Buffer } from "node:buffer";

/** Looks through what has come, as Latin-1 text, and answers how much of it is done with. */
export type Scan = (text: string) => number;

/**
 * A WebSocket client that does as little as it can, so that it outruns the server that it measures: frames are
 * masked with the key 0, which is legal and costs nothing, and what comes is searched, not parsed.
 */
export class Socket {
  readonly #conn: Deno.TcpConn;
  #scan: Scan;
  #buffer: Buffer;
  #filled = 0;
  #out: string[] = [];
  #writing = false;
  #closed = false;

  private constructor(conn: Deno.TcpConn, bufferBytes: number) {
    this.#conn = conn;
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
    this.#scan = (text) => text.length;
  }

  /** Opens a path, with further header lines. A socket that ends unasked ends the process. */
  static async open(
    url: string,
    path: string,
    bufferBytes: number,
    lines: readonly string[] = [],
  ): Promise<Socket> {
    const { hostname, port, host } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    conn.setNoDelay(true);
    const socket = new Socket(conn, bufferBytes);
    const upgraded = socket.expect("\r\n\r\n");
    const head = [
      ...[`GET ${path} HTTP/1.1`, `Host: ${host}`, "Upgrade: websocket", "Connection: Upgrade"],
      ...["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"],
      ...lines,
    ];
    await conn.write(Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"));
    void socket.#listen();
    const answer = await upgraded;
    if (!answer.startsWith("HTTP/1.1 101")) throw new Error(`the upgrade was refused: ${answer}`);
    return socket;
  }

  /** Resolves with what comes up to and with `mark`. What comes later waits for the next scan. */
  expect(mark: string): Promise<string> {
    return new Promise((resolve) => {
      this.scan((text) => {
        const at = text.indexOf(mark);
        if (at < 0) return 0;
        this.#scan = () => 0;
        resolve(text.slice(0, at + mark.length));
        return at + mark.length;
      });
    });
  }

  /** Has all that comes from now on, and what was left over, looked through by `scan`. */
  scan(scan: Scan): void {
    this.#scan = scan;
    if (this.#filled > 0) this.#look();
  }

  /** Sends a text of ASCII characters; what is sent in one turn is written at once, each in a frame of its own. */
  send(text: string): void {
    this.#out.push(text);
    if (!this.#writing) void this.#write();
  }

  close(): void {
    this.#closed = true;
    this.#conn.close();
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      if (this.#filled === this.#buffer.length) {
        this.#buffer = Buffer.concat([this.#buffer], this.#filled * 2);
      }
      const free = this.#buffer.subarray(this.#filled);
      const count = await this.#conn.read(free).catch((error) => {
        if (!this.#closed) throw error;
        return 0;
      });
      if (this.#closed) return;
      if (count === null) throw new Error("the server closed the socket");
      this.#filled += count;
      this.#look();
    }
  }

  #look(): void {
    const done = this.#scan(this.#buffer.toString("latin1", 0, this.#filled));
    if (done === 0) return;
    this.#buffer.copyWithin(0, done, this.#filled);
    this.#filled -= done;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    await Promise.resolve();
    while (this.#out.length > 0 && !this.#closed) {
      const bytes = frames(this.#out);
      this.#out = [];
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }
    this.#writing = false;
  }
}

/** A masked text frame for each text (RFC 6455, section 5.2). */
function frames(texts: readonly string[]): Uint8Array {
  const bytes = Buffer.alloc(texts.reduce((sum, { length }) => sum + (length < 126 ? 6 : 8) + length, 0));
  let at = 0;
  for (const text of texts) {
    at = bytes.writeUInt8(0x81, at);
    at = bytes.writeUInt8(0x80 | Math.min(text.length, 126), at);
    if (text.length >= 126) at = bytes.writeUInt16BE(text.length, at);
    at += 4; // the masking key, 0
    at += bytes.write(text, at, "latin1");
  }
  return bytes;
}
