import { SAMPLE } from "../kernel/samples.ts";
import type { Json } from "../kernel/schema_book.ts";

const text = (description: string, example: string): Json => ({
  description,
  schema: { type: "string" },
  example,
});
const count = (description: string, example: number): Json => ({
  description,
  schema: { type: "integer", minimum: 0 },
  example,
});

const REQUEST_ID = {
  "X-Request-Id": text(
    "Names the request in the server's log; the caller's own when it sent one",
    SAMPLE.requestId,
  ),
};

const LIMIT = {
  "RateLimit-Limit": count("Requests in a window", 1200),
  "RateLimit-Remaining": count("Requests left in this window", 1199),
  "RateLimit-Reset": count("Seconds until the window ends", 60),
};

/** What a status brings with it. */
const OF_STATUS: Readonly<Record<number, Json>> = {
  401: { "WWW-Authenticate": text("The challenge of RFC 9110: present an access token", "Bearer") },
  429: { "Retry-After": count("Seconds to wait before trying again", 7) },
  503: { "Retry-After": count("Seconds to wait before trying again", 1) },
};

/** The headers of an answer; `own` are those that its route gives, by what they say. */
export function headersOf(
  status: number,
  limited: boolean,
  own: Readonly<Record<string, string>> = {},
): Json {
  // What was there already is not found anew: `Location` goes with `201` alone.
  const given = Object.entries(own).filter(([name]) => name !== "Location" || status === 201);
  return {
    ...REQUEST_ID,
    ...(limited && LIMIT),
    ...OF_STATUS[status],
    ...Object.fromEntries(
      given.map(([name, description]) => [name, { description, schema: { type: "string" } }]),
    ),
  };
}
