/** One row of the error table: how a failure looks over HTTP and on the socket, and whether trying again can help. */
interface ErrorRow {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

const row = (status: number, title: string, retryable = false): ErrorRow => ({ status, title, retryable });

/** The closed set of error codes. The README prints this table; a test keeps the two alike. */
export const ERRORS = {
  invalid_request: row(400, "The request is not valid"),
  message_too_old: row(400, "The message can no longer be edited"),
  message_deleted: row(400, "The message has been deleted"),
  not_a_group: row(400, "This is possible in group conversations only"),
  beyond_head: row(400, "The position is beyond the last message"),
  not_resumed: row(400, "The connection must resume first"),
  already_resumed: row(400, "The connection has resumed already"),
  unknown_event: row(400, "The event is unknown"),
  unauthenticated: row(401, "Authentication is required"),
  token_expired: row(401, "The access token has expired"),
  invalid_credentials: row(401, "The credentials are wrong"),
  invalid_refresh_token: row(401, "The refresh token is not valid"),
  forbidden: row(403, "This is not allowed"),
  origin_not_allowed: row(403, "The origin is not allowed"),
  not_found: row(404, "There is no such resource"),
  method_not_allowed: row(405, "The method is not possible here"),
  request_timeout: row(408, "The request did not come to its end", true),
  email_taken: row(409, "The e-mail address is already registered"),
  username_taken: row(409, "The username is already taken"),
  idempotency_conflict: row(409, "The clientId was used for another message"),
  last_admin: row(409, "The conversation needs another admin first"),
  conversation_full: row(409, "The conversation has no place left"),
  too_many_reactions: row(409, "The message can take no further reaction"),
  upload_incomplete: row(409, "The file is not all there"),
  upload_in_use: row(409, "A message is this file"),
  offset_conflict: row(409, "The file has another length at this moment"),
  unsupported_tus_version: row(412, "The version of the tus protocol is not supported"),
  payload_too_large: row(413, "The request body is too large"),
  quota_exceeded: row(413, "Your files take up all the space that you have"),
  unsupported_media_type: row(415, "The media type is not supported"),
  file_type_mismatch: row(415, "The file is not what it is said to be"),
  range_not_satisfiable: row(416, "The file has no such part"),
  file_damaged: row(422, "The file is not whole"),
  picture_too_large: row(422, "The picture has too many pixels"),
  file_infected: row(422, "The file holds malware"),
  upgrade_required: row(426, "A WebSocket upgrade is required"),
  rate_limited: row(429, "Too many requests", true),
  checksum_mismatch: row(460, "The bytes do not match their checksum", true),
  internal: row(500, "Something went wrong on the server", true),
  store_unavailable: row(503, "The data store cannot be reached", true),
  limiter_unavailable: row(503, "The rate limiter cannot be reached", true),
  files_unavailable: row(503, "The storage of files cannot be reached", true),
  scanner_unavailable: row(503, "The scanner of files cannot be reached", true),
  overloaded: row(503, "The server is overloaded", true),
  draining: row(503, "The server is about to stop", true),
  files_full: row(507, "There is no space left for files", true),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One wrong field of a request: where it is, as a dotted path, and what was expected. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What may be said beside the code; `detail` is shown to the caller and so never holds internals. */
export interface ErrorExtra {
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A failure that the caller may see. Anything else that is thrown is answered as `internal`. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number;

  constructor(code: ErrorCode, detail?: string, extra: ErrorExtra = {}) {
    super(detail ?? ERRORS[code].title, { cause: extra.cause });
    this.name = "ParleyError";
    this.code = code;
    this.errors = extra.errors;
    this.retryAfterMs = extra.retryAfterMs;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** What a resource answers that does not exist, or that the caller may not see: the two are alike. */
export function notFound(): ParleyError {
  return new ParleyError("not_found");
}
