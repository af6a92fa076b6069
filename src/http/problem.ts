import { HTTPException } from "hono/http-exception";
import { ERRORS, ParleyError } from "../kernel/errors.ts";
import type { ErrorCode, FieldError } from "../kernel/errors.ts";
import { BlobsFull, BlobsUnavailable } from "../ports/blobs.ts";
import { StoreUnavailable } from "../ports/store.ts";

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A word of the error table. */
  readonly code: ErrorCode;
  readonly detail: string;
  /** The wrong fields of an `invalid_request`. */
  readonly errors?: readonly FieldError[];
  readonly requestId: string;
}

/** How long to stay away when nobody knows better. */
const DEFAULT_RETRY_MS = 1000;

/** The failure as the caller may see it; what is not for the caller's eyes becomes `internal`. */
export function toParleyError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  if (thrown instanceof StoreUnavailable) {
    return new ParleyError("store_unavailable", undefined, { cause: thrown });
  }
  if (thrown instanceof BlobsUnavailable) {
    return new ParleyError("files_unavailable", undefined, { cause: thrown });
  }
  if (thrown instanceof BlobsFull) return new ParleyError("files_full", undefined, { cause: thrown });
  if (thrown instanceof HTTPException && thrown.status === 400) {
    return new ParleyError("invalid_request", undefined, {
      errors: [{ field: "body", message: "Must be well-formed JSON" }],
      cause: thrown,
    });
  }
  return new ParleyError("internal", undefined, { cause: thrown });
}

/** The document that tells of `error`. */
export function problem(error: ParleyError, requestId: string): Problem {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:parley:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.errors && { errors: error.errors }),
    requestId,
  };
}

/** The response that tells of `error`, `Retry-After` and `WWW-Authenticate` (RFC 9110) included. */
export function problemResponse(error: ParleyError, requestId: string): Response {
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (error.status === 401) headers.set("www-authenticate", challenge(error.code));
  if (error.status === 426) headers.set("upgrade", "websocket");
  if (error.status === 429 || error.status === 503) {
    headers.set(
      "retry-after",
      String(Math.max(1, Math.ceil((error.retryAfterMs ?? DEFAULT_RETRY_MS) / 1000))),
    );
  }
  return new Response(JSON.stringify(problem(error, requestId)), { status: error.status, headers });
}

function challenge(code: ErrorCode): string {
  return code === "token_expired" ? 'Bearer error="invalid_token"' : "Bearer";
}
