import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { DraftChanged } from "../ports/blobs.ts";
import type { Blobs, ByteRange, ByteStream, DirectAccess, DraftState } from "../ports/blobs.ts";
import { asking, askingFor, clientOf, JOINING_MS, unavailable, watched } from "./s3/bucket.ts";
import type { S3Options } from "./s3/bucket.ts";
import { join, PART_BYTES } from "./s3/join.ts";
import type { Piece } from "./s3/pieces.ts";
import { listed, pieceKey, piecesOf, stateOf } from "./s3/pieces.ts";

/**
 * Files in a bucket of any S3 server: drafts as `drafts/<draft>/<place>`, an object for each piece, and
 * `blobs/<key>`. Sealing has the server copy the pieces, each only if it is still the one that was looked at.
 */
export class S3Blobs implements Blobs {
  readonly direct: DirectAccess;
  readonly #client: S3Client;
  readonly #joining: S3Client;
  readonly #public: S3Client;
  readonly #bucket: string;

  constructor(options: S3Options) {
    this.#bucket = options.bucket;
    this.#client = clientOf(options, options.endpoint);
    this.#joining = clientOf(options, options.endpoint, JOINING_MS);
    this.#public = clientOf(options, options.publicEndpoint ?? options.endpoint);
    this.direct = {
      put: (draft, file, expiresMs) => this.#signPut(draft, file, expiresMs),
      get: (key, headers, expiresMs) => this.#signGet(key, headers, expiresMs),
    };
  }

  async append(draft: string, at: number, bytes: AsyncIterable<Uint8Array>): Promise<DraftState> {
    const before = await this.draft(draft);
    if (before.size !== at) throw new DraftChanged(`the draft has ${before.size} bytes, not ${at}`);
    let [held, place] = [0, at];
    const gathered = new Uint8Array(PART_BYTES);
    const send = async () => {
      const piece = gathered.subarray(0, held);
      const key = pieceKey(draft, place);
      // What the storage does not take now, it is not asked to take once more at the end.
      [place, held] = [place + held, 0];
      if (piece.length > 0) await this.#put(key, piece);
    };
    try {
      for await (const part of bytes) {
        for (let from = 0; from < part.length;) {
          const taken = part.subarray(from, from + PART_BYTES - held);
          gathered.set(taken, held);
          held += taken.length;
          from += taken.length;
          if (held === PART_BYTES) await send();
        }
      }
    } finally {
      await send();
    }
    return await this.draft(draft);
  }

  async cut(draft: string, size: number): Promise<void> {
    for await (const { key, at } of listed(this.#client, this.#bucket, `drafts/${checked(draft)}/`)) {
      if (at >= size) await this.#delete(key);
    }
  }

  async draft(draft: string): Promise<DraftState> {
    return stateOf(await this.#pieces(draft));
  }

  async readDraft(draft: string): Promise<DraftState & { readonly bytes: ByteStream }> {
    const pieces = await this.#pieces(draft);
    return { ...stateOf(pieces), bytes: ReadableStream.from(this.#readPieces(pieces)) };
  }

  async dropDraft(draft: string): Promise<void> {
    for await (const { key } of listed(this.#client, this.#bucket, `drafts/${checked(draft)}/`)) {
      await this.#delete(key);
    }
  }

  async *drafts(idleSince: number): AsyncIterable<string> {
    let [draft, writtenAt] = ["", 0];
    for await (const piece of listed(this.#client, this.#bucket, "drafts/")) {
      const next = piece.key.split("/")[1] ?? "";
      if (next !== draft && draft !== "" && writtenAt < idleSince) yield draft;
      writtenAt = next === draft ? Math.max(writtenAt, piece.writtenAt) : piece.writtenAt;
      draft = next;
    }
    if (draft !== "" && writtenAt < idleSince) yield draft;
  }

  async seal(draft: string, version: string, key: string): Promise<void> {
    const pieces = await this.#pieces(draft);
    if (pieces.length === 0 || stateOf(pieces).version !== version) {
      throw new DraftChanged("the draft has changed");
    }
    if (await this.size(key) === undefined) {
      await join({ client: this.#joining, bucket: this.#bucket, key: blobKey(key) }, pieces);
    }
    await this.dropDraft(draft);
  }

  async size(key: string): Promise<number | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: blobKey(key) });
    return (await askingFor(() => this.#client.send(command)))?.ContentLength;
  }

  async read(key: string, range?: ByteRange): Promise<ByteStream | undefined> {
    return await this.#get({
      Key: blobKey(key),
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
    });
  }

  async remove(key: string): Promise<void> {
    await this.#delete(blobKey(key));
  }

  close(): Promise<void> {
    this.#client.destroy();
    this.#joining.destroy();
    this.#public.destroy();
    return Promise.resolve();
  }

  #pieces(draft: string): Promise<Piece[]> {
    return piecesOf(this.#client, this.#bucket, checked(draft));
  }

  async *#readPieces(pieces: readonly Piece[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (const { key, etag } of pieces) {
      const body = await this.#get({ Key: key, IfMatch: etag });
      if (!body) throw new DraftChanged("a piece is gone");
      yield* body;
    }
  }

  async #get(what: { Key: string; Range?: string; IfMatch?: string }): Promise<ByteStream | undefined> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, ...what });
    const answer = await askingFor(() => this.#client.send(command));
    return answer?.Body && watched(answer.Body.transformToWebStream());
  }

  async #put(key: string, bytes: Uint8Array): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes });
    await asking(() => this.#client.send(command)).catch((error: unknown) => {
      throw unavailable(error);
    });
  }

  async #delete(key: string): Promise<void> {
    await askingFor(() => this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key })));
  }

  async #signPut(
    draft: string,
    { size, mimeType }: { size: number; mimeType: string },
    expiresMs: number,
  ): ReturnType<DirectAccess["put"]> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: pieceKey(checked(draft), 0),
      ContentLength: size,
      ContentType: mimeType,
    });
    const url = await getSignedUrl(this.#public, command, {
      expiresIn: Math.ceil(expiresMs / 1000),
      signableHeaders: new Set(["content-type", "content-length", "host"]),
    });
    return { url, headers: { "content-type": mimeType } };
  }

  async #signGet(
    key: string,
    { contentType, disposition }: { contentType: string; disposition: string },
    expiresMs: number,
  ): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: blobKey(key),
      ResponseContentType: contentType,
      ResponseContentDisposition: disposition,
    });
    return await getSignedUrl(this.#public, command, { expiresIn: Math.ceil(expiresMs / 1000) });
  }
}

function blobKey(key: string): string {
  return `blobs/${checked(key)}`;
}

/** No name leads out of its prefix. */
function checked(name: string): string {
  if (!/^[\w-]{1,128}$/.test(name)) throw new TypeError(`"${name}" is no name of a draft or a blob`);
  return name;
}
