/**
 * Where the bytes of files are kept. Two adapters keep this contract, and `tests/contracts/blobs_test.ts` holds them
 * to it.
 *
 * Bytes come in as a *draft*, which nobody but its writer sees, and which grows by `append`. `seal` makes a draft the
 * *blob* of a key in one step: whoever reads the key finds the whole of it or nothing, also after a crash. A blob never
 * changes. Drafts and keys are 1 to 128 letters, digits, `-` and `_`.
 *
 * Everything streams: no call holds more than 16 MiB of a file. What has resolved is durable. One writer a draft at a time:
 * whoever calls sees to it.
 *
 * Errors: `BlobsUnavailable`, within 3 s of the last sign of life, when there is no certain answer; `BlobsFull` when there is no space left,
 * with nothing but the draft's beginning kept; `DraftChanged`.
 */
export interface Blobs {
  /**
   * Appends to a draft, which begins with the first append. Throws `DraftChanged` when it is not `at` bytes long. When
   * `bytes` throws, what it gave before is kept, and the error passes through.
   */
  append(draft: string, at: number, bytes: AsyncIterable<Uint8Array>): Promise<DraftState>;

  /** Takes the end of a draft away, from byte `size` on, which is where one of its appends began. */
  cut(draft: string, size: number): Promise<void>;

  /** A draft as it stands; one that was never begun has no bytes. */
  draft(draft: string): Promise<DraftState>;

  /** Reads a draft from its beginning. `version` is of what is read. */
  readDraft(draft: string): Promise<DraftState & { readonly bytes: ByteStream }>;

  /** Deletes a draft, if it is there. */
  dropDraft(draft: string): Promise<void>;

  /** Drafts that were not written to since a time, in milliseconds since 1970; in no order. */
  drafts(idleSince: number): AsyncIterable<string>;

  /**
   * Makes a draft the blob of a key, and the draft is no more. Where the key has a blob already, that one stays: keys are
   * digests of the bytes. Throws `DraftChanged` when the draft is not in this version.
   */
  seal(draft: string, version: string, key: string): Promise<void>;

  /** The length of a blob in bytes; `undefined` when there is none. */
  size(key: string): Promise<number | undefined>;

  /** Reads a blob, or the part of it from byte `start` to byte `end`, both included. `undefined` when there is none. */
  read(key: string, range?: ByteRange): Promise<ByteStream | undefined>;

  /** Deletes a blob, if it is there. Those who are reading it may read on. */
  remove(key: string): Promise<void>;

  /** Where clients bring a draft's bytes themselves; without it they bring them to the server. */
  readonly direct?: DirectAccess;

  close(): Promise<void>;
}

/** Bytes on their way out. */
export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** How far a draft has come. */
export interface DraftState {
  readonly size: number;
  /** Changes whenever the bytes do. */
  readonly version: string;
}

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Requests that clients send to the storage itself. */
export interface DirectAccess {
  /** A `PUT` of a whole draft, which takes exactly this size and type, until it expires. */
  put(draft: string, file: { size: number; mimeType: string }, expiresMs: number): Promise<DirectPut>;
  /** A `GET` of a blob, answered with these headers. */
  get(key: string, headers: { contentType: string; disposition: string }, expiresMs: number): Promise<string>;
}

/** Where and how a client sends a file. */
export interface DirectPut {
  readonly url: string;
  /** To be sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The storage gave no certain answer in time. */
export class BlobsUnavailable extends Error {
  override readonly name = "BlobsUnavailable";
}

/** The storage has no space left. */
export class BlobsFull extends Error {
  override readonly name = "BlobsFull";
}

/** A draft is not what its writer took it for. */
export class DraftChanged extends Error {
  override readonly name = "DraftChanged";
}
