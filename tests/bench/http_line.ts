import { Buffer } from "node:buffer";

type Parts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A kept-alive HTTP/1.1 connection for one request at a time, whose answers are counted and not parsed. */
export class HttpLine {
  readonly #conn: Deno.TcpConn;
  readonly #head: string;
  #buffer = Buffer.allocUnsafe(128 * 1024);

  private constructor(conn: Deno.TcpConn, head: string) {
    this.#conn = conn;
    this.#head = head;
  }

  /** Connects; every request carries `token`. */
  static async open(url: string, token: string): Promise<HttpLine> {
    const { hostname, port, host } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    conn.setNoDelay(true);
    return new HttpLine(conn, `Host: ${host}\r\nAuthorization: Bearer ${token}\r\n`);
  }

  /** Sends a request, with `body` as JSON, and answers the bytes of the answer's body. Throws unless it is `status`. */
  async request(method: string, path: string, status: number, body = ""): Promise<number> {
    const kind = body && `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const bytes = Buffer.from(`${method} ${path} HTTP/1.1\r\n${this.#head}${kind}\r\n${body}`, "latin1");
    await this.#write(bytes);
    return await this.#answer(status);
  }

  /** Sends a request whose body is the bytes of `parts`, one after the other. Throws unless the answer is `status`. */
  async send(path: string, status: number, lines: readonly string[], parts: Parts): Promise<void> {
    const head = [`POST ${path} HTTP/1.1`, this.#head.trimEnd(), ...lines].join("\r\n");
    await this.#write(Buffer.from(`${head}\r\n\r\n`, "latin1"));
    for await (const part of parts) await this.#write(part);
    await this.#answer(status);
  }

  close(): void {
    this.#conn.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  async #answer(status: number): Promise<number> {
    let filled = 0;
    for (;;) {
      if (filled === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], filled * 2);
      const count = await this.#conn.read(this.#buffer.subarray(filled));
      if (count === null) throw new Error("the server closed the connection");
      filled += count;
      const end = this.#buffer.subarray(0, Math.min(filled, 4096)).toString("latin1").indexOf("\r\n\r\n");
      if (end < 0) continue;
      const head = this.#buffer.toString("latin1", 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (!head.startsWith(`HTTP/1.1 ${status} `) || Number.isNaN(length)) {
        throw new Error(`not what was expected: ${this.#buffer.toString("latin1", 0, filled).slice(0, 600)}`);
      }
      if (filled >= end + 4 + length) return length;
    }
  }
}
