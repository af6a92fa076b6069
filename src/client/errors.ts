/** What the client fails with by itself. */
export type ClientErrorCode =
  /** The server cannot be reached, or something before it answered. */
  | "network"
  /** There was no answer in time. */
  | "timeout"
  /** The caller gave the call up. */
  | "aborted"
  /** The connection ended before an answer came. */
  | "closed"
  /** `close()` was called. */
  | "client_closed"
  /** What is known cannot be kept in the storage. */
  | "storage"
  /** A file cannot be read: it was moved or changed, or is a folder. */
  | "unreadable";

/** One wrong field of a request, as the server names it, and what was expected. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** What is known of a failure beside its code. */
export interface Failure {
  readonly status?: number | undefined;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly cause?: unknown;
}

/** Every failure of the client. */
export class ParleyError extends Error {
  /** A word of the server's table, or a `ClientErrorCode`. */
  declare readonly code: string;
  /** The HTTP status, when there was one. */
  declare readonly status?: number;
  /** Whether the same request can succeed later. */
  declare readonly retryable: boolean;
  /** When to try again, in milliseconds from the answer. */
  declare readonly retryAfterMs?: number;
  declare readonly requestId?: string;
  declare readonly errors?: readonly FieldProblem[];

  /** The code stands for a message that is not given. */
  constructor(code: string, message = code, { cause, ...known }: Failure = {}) {
    super(message, { cause });
    Object.assign(this, { name: "ParleyError", code, retryable: false, ...known });
  }
}

/** A failure of the client's own. */
export function failure(code: string, known?: Failure): ParleyError {
  return new ParleyError(code, undefined, known);
}

/** A refusal as the server words it, over HTTP and on the socket. */
export interface WireError extends Omit<Failure, "errors"> {
  readonly code: string;
  readonly message?: string | undefined;
  readonly errors?: readonly { readonly field: string; readonly message: string }[] | undefined;
}

/** A refusal as everyone knows it. */
export function errorOf({ code, message, errors, ...known }: WireError): ParleyError {
  const fields = errors?.map(({ field, message }) => ({ path: field, message }));
  return new ParleyError(code, message, { ...known, ...(fields && { errors: fields }) });
}
