/** Makes small pictures of large ones, somewhere that nobody else waits for. */
export interface Thumbnailer {
  /**
   * A picture of at most 320 pixels a side, upright, without any metadata, and its blurhash (https://blurha.sh). `undefined`
   * when none can be made: the bytes are no picture, it took too long, or too many are waiting. Never throws.
   */
  make(picture: Uint8Array<ArrayBuffer>): Promise<Thumbnail | undefined>;
  close(): Promise<void>;
}

export interface Thumbnail {
  /** A WebP. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blurhash: string;
}

/** Pixels of a thumbnail's longer side, at most. */
export const THUMBNAIL_PIXELS = 320;
