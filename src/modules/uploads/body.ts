import { Busboy } from "@fastify/busboy";
import type { BusboyFileStream, BusboyInstance } from "@fastify/busboy";
import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import { bytesOf, partsOf } from "./incoming.ts";
import { empty } from "./inspect.ts";
import { ANY_TYPE } from "./types.ts";

/** A file as a request brings it. */
export interface Brought {
  readonly name: string;
  /** As its sender says. */
  readonly mimeType: string | undefined;
  /** Bytes, where the request tells. */
  readonly size: number | undefined;
  /** Bytes at most, where it tells no more than that. */
  readonly atMost: number | undefined;
  /** Each part is good until the next one is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The beginning of a form, in bytes, in which that of its file is to be; and parts of a form, the file among them. */
const BEGINNING = 64 * 1024;
const MAX_PARTS = 16;

/**
 * The file in a request: the field `file` of a form, or the whole body. Throws `invalid_request`, `request_timeout`, and
 * `payload_too_large` for too much before the file.
 */
export async function fileOf(request: Request, clock: Clock): Promise<Brought> {
  const { headers } = request;
  const type = headers.get("content-type") ?? ANY_TYPE;
  if (!request.body) throw empty();
  if (/^multipart\/form-data\b/i.test(type)) {
    return await fileOfForm(bytesOf(request, clock), type, sizeOf(headers));
  }
  const name = headers.get("x-file-name");
  if (name === null) throw wrong("x-file-name", "A name is required");
  const bytes = partsOf(request, clock);
  return { name: decoded(name), mimeType: type, size: sizeOf(headers), atMost: undefined, bytes };
}

/** The first file in a form, which is to begin soon. What follows it in the form is not read. */
async function fileOfForm(
  body: ReadableStream<Uint8Array>,
  type: string,
  atMost: number | undefined,
): Promise<Brought> {
  const parser = formParser(type);
  const input = new FormInput(body);
  const found = Promise.withResolvers<Brought>();
  const fail = (error: unknown) => {
    input.end();
    found.reject(error instanceof ParleyError ? error : wrong("file", "Must be a whole form"));
  };
  parser.on("file", (field: string, file: BusboyFileStream, name: string, _: string, mimeType: string) => {
    // A file that ends too soon says so while nobody reads it yet, and then ends as a whole one does.
    let failure: unknown;
    file.on("error", (error) => failure = error);
    if (field !== "file") return void file.resume();
    input.found = file;
    found.resolve({ name, mimeType, size: undefined, atMost, bytes: whole(file, input, () => failure) });
  });
  parser.on("finish", () => fail(wrong("file", "A file is required")));
  parser.on("partsLimit", () => fail(new ParleyError("payload_too_large")));
  parser.on("error", fail);
  input.feed(parser).catch(fail);
  return await found.promise;
}

/** Gives a form to its parser, as fast as it takes it. */
class FormInput {
  /** The file, once the parser has come to it. */
  found: BusboyFileStream | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Throws what the body does, also at whoever reads the file, and `payload_too_large` where the file comes too late. */
  async feed(parser: BusboyInstance): Promise<void> {
    let left = BEGINNING;
    try {
      for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
        for (let bytes = part.value; bytes.length > 0;) {
          const taken = this.found ? bytes : bytes.subarray(0, left);
          if (taken.length === 0) throw new ParleyError("payload_too_large");
          await new Promise<void>((resolve) => parser.write(taken, () => resolve()));
          left -= taken.length;
          bytes = bytes.subarray(taken.length);
        }
      }
      parser.end();
    } catch (error) {
      // Of a line that goes down the parser hears nothing.
      this.found?.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** No more is wanted. */
  end(): void {
    this.#reader.cancel().catch(() => undefined);
  }
}

function formParser(type: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": type },
      // Headers count among what comes before the file: longer ones are refused, where the parser would cut them.
      limits: { fieldSize: 4096, parts: MAX_PARTS, headerSize: BEGINNING },
    });
  } catch {
    throw wrong("file", "Must be a form with a boundary");
  }
}

/** A form's file, to its end; one that ends too soon is an error, and whoever has enough ends the request's body. */
async function* whole(
  file: BusboyFileStream,
  input: FormInput,
  failure: () => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of file) yield part as Uint8Array;
    if (failure() !== undefined) throw failure();
  } catch (error) {
    throw error instanceof ParleyError ? error : wrong("file", "Must be a whole form");
  } finally {
    input.end();
  }
}

function sizeOf(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw wrong("x-file-name", "Must be percent-encoded UTF-8");
  }
}

function wrong(field: string, message: string): ParleyError {
  return new ParleyError("invalid_request", undefined, { errors: [{ field, message }] });
}
