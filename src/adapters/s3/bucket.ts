import { S3Client } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { BlobsUnavailable } from "../../ports/blobs.ts";

/** Where files are, and by whose name. */
export interface S3Options {
  readonly bucket: string;
  readonly endpoint: string | undefined;
  /** Where clients reach it under another name. */
  readonly publicEndpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const CONNECT_MS = 1_000;
/**
 * A server that says nothing for this long while it is asked for something is away. While a body is on its way to it, a socket
 * is silent only after twice as long.
 */
const SILENCE_MS = 1_400;
/** Making one object of many parts says nothing until all are copied, on some servers. */
export const JOINING_MS = 20_000;
/**
 * What fails this soon is tried again: a kept connection had ended, or another request was in the way, be it the one before
 * that the server went on with.
 */
const SOON_MS = 500;
const MOST_ASKED = 3;
/** Request Timeout, Conflict and Too Many Requests say nothing of what was asked for. */
const PASSING = [408, 409, 429];

/** A client that gives up a server which says nothing for `silenceMs`, and knows no other waiting. */
export function clientOf(
  options: S3Options,
  endpoint: string | undefined,
  silenceMs: number = SILENCE_MS,
): S3Client {
  const config: S3ClientConfig = {
    region: options.region,
    forcePathStyle: endpoint !== undefined,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    maxAttempts: 1,
    // Other servers than Amazon's do not know the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: silenceMs },
  };
  return new S3Client(endpoint === undefined ? config : { ...config, endpoint });
}

/** Asks the server, at most three times. Throws `BlobsUnavailable`; answers that say no pass through as they are. */
export async function asking<T>(ask: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (let asked = 1;; asked++) {
    try {
      return await ask();
    } catch (error) {
      if (isAnswer(error)) throw error;
      if (asked === MOST_ASKED || performance.now() - began > SOON_MS) throw unavailable(error);
    }
  }
}

/** Like `asking`, but `undefined` where the object is not there. */
export async function askingFor<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asking(ask);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error instanceof BlobsUnavailable ? error : unavailable(error);
  }
}

/** What asking for something that must be possible came to, when it was refused. */
export function unavailable(cause: unknown): BlobsUnavailable {
  return cause instanceof BlobsUnavailable
    ? cause
    : new BlobsUnavailable("the storage of files gives no answer", { cause });
}

/** The HTTP status of an answer that says no. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

function isAnswer(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && !PASSING.includes(status);
}

/** Reads what an object's body gives, and ends it when it says nothing for too long while it is waited for. */
export function watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error("the body stopped")), SILENCE_MS);
      try {
        const { done, value } = await Promise.race([reader.read(), late.promise]);
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      } catch (error) {
        void reader.cancel().catch(() => undefined);
        throw unavailable(error);
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
