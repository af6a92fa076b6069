/** What a proxy does to a connection's bytes, in either direction. */
interface Passage {
  readonly client: Deno.Conn;
  readonly server: Deno.Conn;
  /** Bytes that may still come back from the server; then the connection is cut, wherever that is. */
  left: number;
  stalled: boolean;
  /** Ends both sides. */
  readonly cut: () => void;
}

/**
 * A TCP proxy that tests put between a client and its server: it cuts connections, stalls them, delays what they carry
 * and cuts them in the middle of a frame. What it does at random follows from `random`.
 */
export class Proxy implements AsyncDisposable {
  /** Where clients find it, as `http://127.0.0.1:port`. */
  readonly url: string;
  /** The longest that a chunk is held back, in milliseconds; each as long as `random` says. */
  delayMs = 0;
  /** Whether new connections are ended at once. */
  refuses = false;
  readonly #listener: Deno.TcpListener;
  #target: { readonly hostname: string; readonly port: number };
  readonly #random: () => number;
  readonly #passages = new Set<Passage>();
  readonly #work = new Set<Promise<void>>();
  #allowance = Infinity;

  /** Listens on a free port, in front of the server at `url`. */
  constructor(url: string, random: () => number = Math.random) {
    this.#target = placeOf(url);
    this.#random = random;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#track(this.#accept());
  }

  /** Connections that are open. */
  get size(): number {
    return this.#passages.size;
  }

  /** Has new connections go to the server at `url`, as a balancer does. */
  leadTo(url: string): void {
    this.#target = placeOf(url);
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const { cut } of this.#passages) cut();
  }

  /** Lets nothing through any more on the connections that are open: neither side hears of it. */
  stall(): void {
    for (const passage of this.#passages) passage.stalled = true;
  }

  /** Cuts each connection, also those to come, once `bytes` more have come back on it; `Infinity` ends that. */
  truncate(bytes: number): void {
    this.#allowance = bytes;
    for (const passage of this.#passages) passage.left = bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.refuses) client.close();
      else this.#track(this.#pass(client));
    }
  }

  async #pass(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect(this.#target).catch(() => undefined);
    if (!server) return client.close();
    const ended = Promise.withResolvers<void>();
    const passage: Passage = { client, server, left: this.#allowance, stalled: false, cut: ended.resolve };
    this.#passages.add(passage);
    const pumps = [this.#pump(passage, client, server, false), this.#pump(passage, server, client, true)];
    await Promise.race([ended.promise, ...pumps]);
    this.#passages.delete(passage);
    for (const side of [client, server]) close(side);
    await Promise.all(pumps);
  }

  /** Carries bytes one way until either side ends. */
  async #pump(passage: Passage, from: Deno.Conn, to: Deno.Conn, isAnswer: boolean): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) return;
        if (this.delayMs > 0) await pause(this.#random() * this.delayMs);
        if (passage.stalled) continue;
        const allowed = isAnswer ? Math.min(count, passage.left) : count;
        for (let at = 0; at < allowed;) at += await to.write(buffer.subarray(at, allowed));
        if (isAnswer) passage.left -= allowed;
        if (passage.left <= 0) return passage.cut();
      }
    } catch {
      // The other side has ended, or this proxy has cut it.
    }
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }
}

function placeOf(url: string): { readonly hostname: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port) };
}

function close(side: Deno.Conn): void {
  try {
    side.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
