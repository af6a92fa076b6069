/** The bytes ended before what they had begun. */
export class Truncated extends Error {
  override readonly name = "Truncated";
}

/** Bytes that are looked at before they are taken. Holds what was looked at and the part in hand, nothing else. */
export class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or as many as are left, without taking them. */
  async peek(count: number): Promise<Uint8Array> {
    await this.#fill(count);
    return this.#buffer.subarray(0, count);
  }

  /** The next `count` bytes. Throws `Truncated`. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw new Truncated();
    this.skip(count);
    return bytes;
  }

  /** All that is at hand, at least `count` bytes, without taking them. Throws `Truncated`. */
  async atHand(count: number): Promise<Uint8Array> {
    await this.#fill(count);
    if (this.#buffer.length < count) throw new Truncated();
    return this.#buffer;
  }

  /** Takes bytes that are at hand. */
  skip(count: number): void {
    this.#buffer = this.#buffer.subarray(count);
  }

  /** Takes `count` bytes, part by part. Throws `Truncated`. */
  async *pass(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      const part = (await this.atHand(1)).subarray(0, left);
      this.skip(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Takes all that is left, part by part. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let part = await this.peek(1); part.length > 0; part = await this.peek(1)) {
      const all = this.#buffer;
      this.skip(all.length);
      yield all;
    }
  }

  /** Tells where the bytes come from that no more are wanted. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#iterator.return?.();
  }

  async #fill(count: number): Promise<void> {
    const parts = [this.#buffer];
    let length = this.#buffer.length;
    while (length < count && !this.#ended) {
      const { done, value } = await this.#iterator.next();
      if (done) {
        this.#ended = true;
      } else {
        parts.push(value);
        length += value.length;
      }
    }
    if (parts.length > 1) this.#buffer = joined(parts, length);
  }
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[], length?: number): Uint8Array {
  const whole = new Uint8Array(length ?? parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const u16 = (bytes: Uint8Array, at: number, little = false): number =>
  view(bytes).getUint16(at, little);
export const u32 = (bytes: Uint8Array, at: number, little = false): number =>
  view(bytes).getUint32(at, little);

/** Bytes as Latin-1, to compare the words that formats are made of. */
export function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
