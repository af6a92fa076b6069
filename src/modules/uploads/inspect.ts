import { createHash } from "node:crypto";
import { ParleyError } from "../../kernel/errors.ts";
import { ByteSource, joined, Truncated } from "./byte_source.ts";
import { Notes } from "./cleaning.ts";
import type { Clean } from "./cleaning.ts";
import { Lane } from "./lane.ts";
import { cleanMp4 } from "./mp4.ts";
import { Damaged } from "./pictures/damaged.ts";
import { cleanGif } from "./pictures/gif.ts";
import { cleanJpeg } from "./pictures/jpeg.ts";
import { cleanPng } from "./pictures/png.ts";
import { cleanWebp } from "./pictures/webp.ts";
import { agreedType, sniff, SNIFFED_BYTES } from "./types.ts";

/** What files may be. */
export interface FileRules {
  /** Bytes. */
  readonly maxBytes: number;
  readonly types: readonly string[];
}

/** What a file turned out to be. */
export interface Inspected {
  readonly mimeType: string;
  /** Bytes of what is kept. */
  readonly size: number;
  /** SHA-256 of what is kept, in hexadecimal digits. */
  readonly checksum: string;
  /** The beginning of what is kept. */
  readonly head: Uint8Array;
  /** How a picture lies, from 1 (upright) to 8, as Exif has it. */
  readonly orientation: number;
}

/** The beginning of a picture in which its size is looked for. */
const HEAD_BYTES = 256 * 1024;

const PICTURES: Readonly<Record<string, Clean>> = {
  "image/jpeg": cleanJpeg,
  "image/png": cleanPng,
  "image/webp": cleanWebp,
  "image/gif": cleanGif,
};

/** Kinds that are made of the boxes of MP4. */
const BOXED = /^(video\/(mp4|quicktime|3gpp2?)|audio\/mp4)$/;

/** Whether files of this type are taken as pictures: they are cleaned, and may have thumbnails. */
export function isPicture(mimeType: string): boolean {
  return Object.hasOwn(PICTURES, mimeType);
}

/** Looks at a file while its bytes pass. */
export class Inspection {
  readonly #rules: FileRules;
  readonly #lane: Lane;
  readonly #claimed: string | undefined;
  readonly #hash = createHash("sha256");
  readonly #head: Uint8Array[] = [];
  readonly #notes = new Notes();
  #headBytes = 0;
  #came = 0;
  #size = 0;
  #mimeType = "";

  /** `claimed` is the type that the sender says; files that share a `lane` take turns. */
  constructor(rules: FileRules, claimed: string | undefined, lane: Lane = new Lane()) {
    this.#rules = rules;
    this.#lane = lane;
    this.#claimed = claimed;
  }

  /** The file's type, once its beginning has passed. */
  get mimeType(): string {
    return this.#mimeType;
  }

  /** Whether what is kept differs from what came, once all of it has passed; of pictures it is not told. */
  get altered(): boolean {
    return this.#notes.altered;
  }

  /** What the file is, once all of it has passed. */
  get result(): Inspected {
    return {
      mimeType: this.#mimeType,
      size: this.#size,
      checksum: this.#hash.copy().digest("hex"),
      head: joined(this.#head),
      orientation: this.#notes.orientation,
    };
  }

  /**
   * The bytes that are kept. Throws as soon as it can be told: `payload_too_large`, `unsupported_media_type`,
   * `file_type_mismatch`, `file_damaged` for a picture that is not whole, `invalid_request` for nothing at all.
   */
  async *keep(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const source = new ByteSource(this.#counted(bytes));
    try {
      const head = await source.peek(SNIFFED_BYTES);
      if (head.length === 0) throw empty();
      this.#mimeType = agreedType(await sniff(head), this.#claimed, this.#rules.types);
      for await (const part of this.#cleaned(source)) {
        this.#note(part);
        yield part;
      }
      // What a picture leaves behind its end counts too, and whoever sends it is heard out.
      for await (const _ of source.rest());
    } catch (error) {
      if (error instanceof Truncated || error instanceof Damaged) throw new ParleyError("file_damaged");
      throw error;
    } finally {
      await source.end();
    }
  }

  #cleaned(source: ByteSource): AsyncGenerator<Uint8Array> {
    const clean = PICTURES[this.#mimeType] ?? (BOXED.test(this.#mimeType) ? cleanMp4 : undefined);
    if (clean) return clean(source, this.#notes);
    return this.#mimeType.startsWith("text/") ? textOnly(source) : source.rest();
  }

  async *#counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const part of bytes) {
      this.#came += part.length;
      if (this.#came > this.#rules.maxBytes) throw new ParleyError("payload_too_large");
      await this.#lane.turn();
      yield part;
    }
  }

  #note(part: Uint8Array): void {
    this.#hash.update(part);
    this.#size += part.length;
    if (this.#headBytes >= HEAD_BYTES) return;
    this.#head.push(part.slice(0, HEAD_BYTES - this.#headBytes));
    this.#headBytes += part.length;
  }
}

/** Nothing to keep is nothing to send. */
export function empty(): ParleyError {
  return new ParleyError("invalid_request", undefined, {
    errors: [{ field: "file", message: "Must not be empty" }],
  });
}

/** A text that turns out to be something else after its beginning is none. */
async function* textOnly(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const part of source.rest()) {
    if (part.includes(0)) throw new ParleyError("file_type_mismatch", "The file is not a text");
    yield part;
  }
}
