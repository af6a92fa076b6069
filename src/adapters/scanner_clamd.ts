import type { Scanner } from "../ports/scanner.ts";
import { ScannerUnavailable } from "../ports/scanner.ts";

/** How long a clamd may say nothing: to a connection, and to a file that it has in full. */
const CONNECT_MS = 2_000;
const SILENCE_MS = 30_000;
const CHUNK = 128 * 1024;

/** A clamd over TCP, asked by its command INSTREAM (clamd(8)). */
export class ClamdScanner implements Scanner {
  readonly #hostname: string;
  readonly #port: number;

  /** `tcp://host:port`. */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#hostname = hostname;
    this.#port = Number(port);
  }

  async scan(bytes: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    try {
      using connection = await within(
        CONNECT_MS,
        (signal) => Deno.connect({ hostname: this.#hostname, port: this.#port, signal }),
      );
      return verdict(await exchange(connection, bytes));
    } catch (cause) {
      throw cause instanceof ScannerUnavailable
        ? cause
        : new ScannerUnavailable("the scanner gives no answer", { cause });
    }
  }
}

/** Sends the file and hears the answer, which may come before the end of the file. */
async function exchange(connection: Deno.TcpConn, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const answer = hear(connection);
  answer.catch(() => undefined);
  await write(connection, new TextEncoder().encode("zINSTREAM\0"));
  try {
    for await (const part of bytes) {
      for (let at = 0; at < part.length; at += CHUNK) await send(connection, part.subarray(at, at + CHUNK));
    }
    await write(connection, new Uint8Array(4));
  } catch (error) {
    // Who has heard enough closes; what it said counts.
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)) {
      throw error;
    }
  }
  return await answerWithin(connection, answer);
}

async function answerWithin(connection: Deno.TcpConn, answer: Promise<string>): Promise<string> {
  const timer = setTimeout(() => connection.close(), SILENCE_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

async function hear(connection: Deno.TcpConn): Promise<string> {
  const [buffer, decoder] = [new Uint8Array(1024), new TextDecoder()];
  let text = "";
  for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    if (text.includes("\0")) break;
  }
  return text.replace(/\0.*/s, "");
}

async function send(connection: Deno.TcpConn, part: Uint8Array): Promise<void> {
  const framed = new Uint8Array(4 + part.length);
  new DataView(framed.buffer).setUint32(0, part.length);
  framed.set(part, 4);
  await write(connection, framed);
}

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

function verdict(answer: string): string | undefined {
  if (answer === "stream: OK") return undefined;
  const [, found] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  if (found === undefined) throw new ScannerUnavailable(`the scanner says: ${answer}`);
  return found;
}

async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
  }
}
