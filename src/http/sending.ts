/** Content that does not change while the process runs, in both of its forms. */
export interface Content {
  /** The media type, with the charset where there is one. */
  readonly type: string;
  /** A hash of the content, without quotes. */
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed. */
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/**
 * Answers a GET whose headers are `asked` with the content, compressed where the other end can read that, or with
 * `304` when it is known there. `own` are the headers beside those of type, coding and version.
 */
export function send(asked: Headers, content: Content, own: Readonly<Record<string, string>>): Response {
  const compressed = takesGzip(asked.get("accept-encoding") ?? "");
  const headers = new Headers({
    ...own,
    // The two forms differ in their bytes, and so in their strong tags.
    etag: `"${content.hash}${compressed ? "-gzip" : ""}"`,
    vary: "Accept-Encoding",
  });
  if (isKnown(asked.get("if-none-match") ?? "", content.hash)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", content.type);
  if (compressed) headers.set("content-encoding", "gzip");
  return new Response(compressed ? content.gzip : content.bytes, { headers });
}

/** Whether `Accept-Encoding` (RFC 9110, 12.5.3) names gzip, or anything, and does not refuse it. */
function takesGzip(accepted: string): boolean {
  const weights = new Map(
    accepted.split(",").map((entry) => {
      const [name = "", ...parameters] = entry.trim().toLowerCase().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2) names this content, in either form. */
function isKnown(tags: string, hash: string): boolean {
  return tags.trim() === "*" ||
    tags.split(",").some((tag) => [`"${hash}"`, `"${hash}-gzip"`].includes(tag.trim().replace(/^W\//, "")));
}
