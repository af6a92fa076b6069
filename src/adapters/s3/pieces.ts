import { createHash } from "node:crypto";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { _Object, S3Client } from "@aws-sdk/client-s3";
import type { DraftState } from "../../ports/blobs.ts";
import { asking, unavailable } from "./bucket.ts";

/** Digits of a piece's place, so that names sort as places do. */
const DIGITS = 16;

/** One object of a draft: the bytes from `at` on. */
export interface Piece {
  readonly key: string;
  readonly at: number;
  readonly size: number;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** The name of a draft's piece. */
export function pieceKey(draft: string, at: number): string {
  return `drafts/${draft}/${String(at).padStart(DIGITS, "0")}`;
}

/** The objects whose names begin with `prefix`, in the order of their names. */
export async function* listed(client: S3Client, bucket: string, prefix: string): AsyncGenerator<Piece> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const page = await asking(() => client.send(command)).catch((error: unknown) => {
      throw unavailable(error);
    });
    for (const object of page.Contents ?? []) yield pieceOf(object);
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** The pieces of a draft that follow each other without a hole. A piece that begins where another one is already is left out. */
export async function piecesOf(client: S3Client, bucket: string, draft: string): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let end = 0;
  for await (const piece of listed(client, bucket, `drafts/${draft}/`)) {
    if (piece.at !== end || piece.size === 0) continue;
    pieces.push(piece);
    end += piece.size;
  }
  return pieces;
}

/** What pieces come to. */
export function stateOf(pieces: readonly Piece[]): DraftState {
  const hash = createHash("sha256");
  for (const { at, size, etag } of pieces) hash.update(`${at} ${size} ${etag}\n`);
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
  return { size, version: pieces.length === 0 ? "" : hash.digest("base64url") };
}

function pieceOf({ Key = "", Size = 0, ETag = "", LastModified }: _Object): Piece {
  const at = Number(Key.slice(Key.lastIndexOf("/") + 1));
  return { key: Key, at, size: Size, etag: ETag, writtenAt: LastModified?.getTime() ?? 0 };
}
