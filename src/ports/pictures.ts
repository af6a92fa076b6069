/** Makes small pictures of large ones, somewhere that nobody else waits for. */
export interface Thumbnailer {
  /** Whether so many wait for their turn that who can do without had better come back later. */
  readonly isBusy: boolean;

  /**
   * A picture of at most 320 pixels a side, upright, without any metadata, and its blurhash (https://blurha.sh). `undefined`
   * when none can be made: there is nothing to read, the bytes are no picture, or it took too long.
   *
   * `read` is called when it is this one's turn, and one picture is held at a time; what it throws passes through. Throws
   * `overloaded` when too many wait, or when this one has waited for too long.
   */
  make(read: ReadPicture): Promise<Thumbnail | undefined>;
  close(): Promise<void>;
}

/** Brings a picture's bytes, if they are there. */
export type ReadPicture = () => Promise<Uint8Array<ArrayBuffer> | undefined>;

export interface Thumbnail {
  /** A WebP. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blurhash: string;
}

/** Pixels of a thumbnail's longer side, at most. */
export const THUMBNAIL_PIXELS = 320;
