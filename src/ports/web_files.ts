/** A file of the web app, ready to be sent. */
export interface WebFile {
  /** Where it is served, such as `/assets/main.3f9a.js`; the page itself is `/index.html`. */
  readonly path: string;
  /** Its media type, with the charset where there is one. */
  readonly type: string;
  /** A hash of its content, without quotes. */
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed. */
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** The web app as it was built; it does not change while the process runs. */
export interface WebFiles {
  readonly page: WebFile;
  /** Every file but the page. */
  readonly others: readonly WebFile[];
}
