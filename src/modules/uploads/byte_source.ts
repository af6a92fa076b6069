/** The bytes ended before what they had begun. */
export class Truncated extends Error {
  override readonly name = "Truncated";
}

const NOTHING = new Uint8Array(0);

/**
 * Bytes that are looked at before they are taken. Holds what was looked at and the part in hand, nothing else. Of where they
 * come from each part has to be good until the next one is asked for, and no longer.
 */
export class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = NOTHING;
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

  /** Takes `count` bytes, part by part, each good until the next one is asked for. Throws `Truncated`. */
  async *pass(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      const isOwn = this.#buffer.length > 0;
      const part = await this.#part();
      if (part.length === 0) throw new Truncated();
      const rest = part.subarray(left);
      this.#buffer = isOwn ? rest : rest.slice();
      left -= part.length - rest.length;
      yield rest.length > 0 ? part.subarray(0, -rest.length) : part;
    }
  }

  /** Takes all that is left, part by part, each good until the next one is asked for. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let part = await this.#part(); part.length > 0; part = await this.#part()) yield part;
  }

  /** Tells where the bytes come from that no more are wanted. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#iterator.return?.();
  }

  /** Takes all that is at hand, or the next part as it comes; nothing at the end. */
  async #part(): Promise<Uint8Array> {
    let part = this.#buffer;
    this.#buffer = NOTHING;
    while (part.length === 0 && !this.#ended) part = await this.#next();
    return part;
  }

  async #fill(count: number): Promise<void> {
    const parts = this.#buffer.length > 0 ? [this.#buffer] : [];
    let length = this.#buffer.length;
    while (length < count && !this.#ended) {
      const part = await this.#next();
      parts.push(part.slice());
      length += part.length;
    }
    this.#buffer = parts.length === 1 && parts[0] ? parts[0] : joined(parts, length);
  }

  /** The next part, which is good until another one is asked for. */
  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#iterator.next();
    if (done) this.#ended = true;
    return done ? NOTHING : value;
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
