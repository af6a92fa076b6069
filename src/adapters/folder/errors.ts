import { BlobsFull, BlobsUnavailable, DraftChanged } from "../../ports/blobs.ts";

/** EFBIG, ENOSPC and EDQUOT: the disk, the file or the user may not grow. */
const FULL = /\bos error (27|28|122)\b/;

/** What the file system threw, as the contract names it. */
export function toBlobsError(error: unknown): Error {
  if (error instanceof DraftChanged) return error;
  return FULL.test(String(error))
    ? new BlobsFull("there is no space left for files", { cause: error })
    : new BlobsUnavailable("the folder of files cannot be used", { cause: error });
}

/** Waits for a call to the file system, whose errors are named as the contract does. */
export async function calling<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toBlobsError(error);
  }
}

/** Like `calling`, but `undefined` where the file is not there. */
export function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  return calling(call.catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }));
}
