/** Looks for malware. */
export interface Scanner {
  /**
   * What was found in the bytes, by its name; `undefined` when nothing was. Throws `ScannerUnavailable` when there is no
   * certain answer; `bytes` is then not read to its end.
   */
  scan(bytes: AsyncIterable<Uint8Array>): Promise<string | undefined>;
}

/** The scanner gave no certain answer. */
export class ScannerUnavailable extends Error {
  override readonly name = "ScannerUnavailable";
}
