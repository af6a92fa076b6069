import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { Busboy } from "@fastify/busboy";
import type { BusboyFileStream, BusboyInstance } from "@fastify/busboy";
import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import { bytesOf } from "./incoming.ts";
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
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The file in a request: the field `file` of a form, or the whole body. Throws `invalid_request`, `request_timeout`. */
export async function fileOf(request: Request, clock: Clock): Promise<Brought> {
  const { headers } = request;
  const type = headers.get("content-type") ?? ANY_TYPE;
  if (!request.body) throw empty();
  const body = bytesOf(request, clock);
  if (/^multipart\/form-data\b/i.test(type)) return await fileOfForm(body, type, sizeOf(headers));
  const name = headers.get("x-file-name");
  if (name === null) throw wrong("x-file-name", "A name is required");
  return { name: decoded(name), mimeType: type, size: sizeOf(headers), atMost: undefined, bytes: body };
}

/** The first file in a form. What follows it in the form is not read. */
async function fileOfForm(
  body: ReadableStream<Uint8Array>,
  type: string,
  atMost: number | undefined,
): Promise<Brought> {
  const parser = formParser(type);
  const input = Readable.fromWeb(body as unknown as NodeStream);
  const found = Promise.withResolvers<Brought>();
  const fail = (error: unknown) => {
    input.destroy();
    found.reject(error instanceof ParleyError ? error : wrong("file", "Must be a whole form"));
  };
  parser.on("file", (field: string, file: BusboyFileStream, name: string, _: string, mimeType: string) => {
    // A file that ends too soon says so while nobody reads it yet, and then ends as a whole one does.
    let failure: unknown;
    file.on("error", (error) => failure = error);
    // Of a line that goes down the parser hears nothing.
    input.on("error", (error) => file.destroy(error));
    if (field !== "file") return void file.resume();
    found.resolve({ name, mimeType, size: undefined, atMost, bytes: whole(file, input, () => failure) });
  });
  parser.on("finish", () => fail(wrong("file", "A file is required")));
  parser.on("error", fail);
  input.on("error", fail);
  input.pipe(parser);
  return await found.promise;
}

function formParser(type: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": type },
      limits: { files: 8, fields: 16, fieldSize: 4096, parts: 16, headerSize: 8192 },
    });
  } catch {
    throw wrong("file", "Must be a form with a boundary");
  }
}

/** A form's file, to its end; one that ends too soon is an error, and whoever has enough ends the request's body. */
async function* whole(
  file: Readable,
  input: Readable,
  failure: () => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of file) yield part as Uint8Array;
    if (failure() !== undefined) throw failure();
  } catch (error) {
    throw error instanceof ParleyError ? error : wrong("file", "Must be a whole form");
  } finally {
    input.destroy();
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
