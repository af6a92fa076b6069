import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { DraftChanged } from "../../ports/blobs.ts";
import { asking, statusOf, unavailable } from "./bucket.ts";
import type { Piece } from "./pieces.ts";

/** The least that S3 takes as a part of an object, but for the last one; also what is held of a file at a time. */
export const PART_BYTES = 5 * 1024 * 1024;
/** What the server copies at a time, so that it answers before it seems to be away. */
const COPY_BYTES = 24 * 1024 * 1024;

interface Target {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
}

type Part = { readonly ETag: string | undefined; readonly PartNumber: number };

/**
 * Makes one object of pieces, in one step, on the server as far as it can. Throws `DraftChanged` when a piece is no
 * longer the one that was listed.
 */
export async function join(target: Target, pieces: readonly Piece[]): Promise<void> {
  const [first] = pieces;
  try {
    if (first && pieces.length === 1 && first.size <= COPY_BYTES) await copyWhole(target, first);
    else await joinParts(target, pieces);
  } catch (error) {
    const status = statusOf(error);
    if (status === 412 || status === 404) throw new DraftChanged("a piece has changed");
    throw unavailable(error);
  }
}

async function copyWhole({ client, bucket, key }: Target, piece: Piece): Promise<void> {
  const command = new CopyObjectCommand({ Bucket: bucket, Key: key, ...sourceOf(bucket, piece) });
  await asking(() => client.send(command));
}

async function joinParts(target: Target, pieces: readonly Piece[]): Promise<void> {
  const { client, bucket: Bucket, key: Key } = target;
  const { UploadId } = await asking(() => client.send(new CreateMultipartUploadCommand({ Bucket, Key })));
  const at = { Bucket, Key, UploadId };
  try {
    const parts = new Parts(target, at);
    for (const piece of pieces) await parts.add(piece);
    const command = new CompleteMultipartUploadCommand({
      ...at,
      MultipartUpload: { Parts: await parts.end() },
    });
    await asking(() => client.send(command));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(at)).catch(() => undefined);
    throw error;
  }
}

/** The parts of one object: copied where a piece is large enough, else gathered and sent. */
class Parts {
  readonly #target: Target;
  readonly #at: { Bucket: string; Key: string; UploadId: string | undefined };
  readonly #done: Part[] = [];
  #gathered: Uint8Array[] = [];
  #bytes = 0;

  constructor(target: Target, at: { Bucket: string; Key: string; UploadId: string | undefined }) {
    this.#target = target;
    this.#at = at;
  }

  async add(piece: Piece): Promise<void> {
    if (this.#bytes === 0 && piece.size >= PART_BYTES) return await this.#copy(piece);
    const { client, bucket } = this.#target;
    const command = new GetObjectCommand({ Bucket: bucket, Key: piece.key, IfMatch: piece.etag });
    for (let from = 0; from < piece.size; from += PART_BYTES) {
      const last = Math.min(from + PART_BYTES, piece.size) - 1;
      command.input.Range = `bytes=${from}-${last}`;
      const { Body } = await asking(() => client.send(command));
      if (Body) this.#gathered.push(await Body.transformToByteArray());
      this.#bytes += last - from + 1;
      if (this.#bytes >= PART_BYTES) await this.#send();
    }
  }

  async end(): Promise<Part[]> {
    if (this.#bytes > 0) await this.#send();
    return this.#done;
  }

  async #send(): Promise<void> {
    const { client } = this.#target;
    const Body = new Uint8Array(await new Blob(this.#gathered as BlobPart[]).arrayBuffer());
    [this.#gathered, this.#bytes] = [[], 0];
    const PartNumber = this.#done.length + 1;
    const command = new UploadPartCommand({ ...this.#at, PartNumber, Body });
    const { ETag } = await asking(() => client.send(command));
    this.#done.push({ ETag, PartNumber });
  }

  async #copy(piece: Piece): Promise<void> {
    const { client, bucket } = this.#target;
    for (let from = 0; from < piece.size;) {
      // What is left after the last full stretch is not to be less than a part may be.
      const rest = piece.size - from;
      const length = rest < COPY_BYTES + PART_BYTES ? rest : COPY_BYTES;
      const PartNumber = this.#done.length + 1;
      const command = new UploadPartCopyCommand({
        ...this.#at,
        ...sourceOf(bucket, piece),
        PartNumber,
        CopySourceRange: `bytes=${from}-${from + length - 1}`,
      });
      const { CopyPartResult } = await asking(() => client.send(command));
      this.#done.push({ ETag: CopyPartResult?.ETag, PartNumber });
      from += length;
    }
  }
}

function sourceOf(bucket: string, { key, etag }: Piece): { CopySource: string; CopySourceIfMatch: string } {
  return { CopySource: `${bucket}/${key}`, CopySourceIfMatch: etag };
}
