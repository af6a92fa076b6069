import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";

/** A link is good for at least this long and for twice as long at most, so that it stays the same for a while. */
const LINK_MS = 10 * 60_000;

/** What a link is for. */
export type LinkUse = "read" | "write";

/** A signature, as it stands in a query. */
export interface Signed {
  /** Whom it is for; nobody in particular where the file is public. */
  readonly user?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/**
 * Links that stand for an access token, where none can be sent: in pages, and in players. A link names its reader, who is
 * asked for membership each time that it is followed; it says nothing about the future.
 */
export class Links {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  constructor(secret: string, clock: Clock) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "parley upload link", 32));
    this.#clock = clock;
  }

  /** When a link that is made now ends. */
  get expires(): number {
    return (Math.ceil(this.#clock.now() / LINK_MS) + 1) * LINK_MS;
  }

  /** A link to a part of an upload: its path with a signature. */
  sign(use: LinkUse, uploadId: string, part: string, user?: string, expires: number = this.expires): string {
    const query = new URLSearchParams({ expires: String(expires) });
    if (user !== undefined) query.set("user", user);
    query.set("signature", this.#mac(use, uploadId, user, expires));
    return `/api/uploads/${uploadId}/${part}?${query}`;
  }

  /** Whether a signature is ours, for this use of this upload, and still good. */
  verify(use: LinkUse, uploadId: string, { user, expires, signature }: Signed): boolean {
    if (expires <= this.#clock.now()) return false;
    const expected = new TextEncoder().encode(this.#mac(use, uploadId, user, expires));
    const given = new TextEncoder().encode(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** The times as the wire writes them. */
  static time(expires: number): string {
    return iso(expires);
  }

  #mac(use: LinkUse, uploadId: string, user: string | undefined, expires: number): string {
    const text = `${use}\n${uploadId}\n${user ?? ""}\n${expires}`;
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
