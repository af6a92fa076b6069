import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";

/** How long the bytes of a request may stay away. */
export const SILENCE_MS = 30_000;
/** Bytes that are read at a time: many, as each part costs some turns, but no more than are dealt with at once. */
const PART_BYTES = 256 * 1024;

/**
 * The bytes of a request, none where it has no body. Errors with `request_timeout` once nothing has come for
 * `SILENCE_MS`, so that who sends nothing holds nothing.
 */
export function bytesOf({ body }: Request, clock: Clock): ReadableStream<Uint8Array> {
  const reading = body && new Reading(body, clock);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = await reading?.next();
      if (part) controller.enqueue(part.slice());
      else controller.close();
    },
    cancel: () => reading?.end(),
  }, { highWaterMark: 0 });
}

/** Like `bytesOf`, at half the cost: all parts come in one place, and each is good until the next one is asked for. */
export async function* partsOf({ body }: Request, clock: Clock): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reading = new Reading(body, clock);
  try {
    for (let part = await reading.next(); part; part = await reading.next()) yield part;
  } finally {
    reading.end();
  }
}

/** Reads a body into one place; but a short one is there already, and has parts of its own. */
class Reading {
  readonly #clock: Clock;
  readonly #reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  #place: Uint8Array<ArrayBuffer> | undefined;

  constructor(body: ReadableStream<Uint8Array>, clock: Clock) {
    this.#clock = clock;
    this.#reader = readerOf(body);
  }

  /** The next part, until another one is asked for; `undefined` at the end. Throws `request_timeout`. */
  async next(): Promise<Uint8Array | undefined> {
    const silence = Promise.withResolvers<never>();
    const stop = this.#clock.after(SILENCE_MS, () => {
      silence.reject(new ParleyError("request_timeout"));
      this.end();
    });
    try {
      return await Promise.race([silence.promise, this.#read()]);
    } finally {
      stop();
    }
  }

  /** No more is wanted. */
  end(): void {
    // What it says of being let go is of no use to anybody.
    this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<Uint8Array | undefined> {
    if (this.#reader instanceof ReadableStreamDefaultReader) return (await this.#reader.read()).value;
    const { done, value } = await this.#reader.read(this.#place ?? new Uint8Array(PART_BYTES));
    if (done) return undefined;
    this.#place = new Uint8Array(value.buffer);
    return value;
  }
}

function readerOf(
  body: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array> {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return body.getReader();
    throw error;
  }
}
