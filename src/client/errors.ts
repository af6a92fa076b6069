/** What the client fails with by itself: no answer, none in time, given up by the caller, closed. */
export type ClientErrorCode = "network" | "timeout" | "aborted" | "closed" | "client_closed";

/** One wrong field of a request, as the server names it, and what was expected. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** What is known of a failure beside its code. */
export interface Failure {
  readonly status?: number;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  readonly errors?: readonly FieldProblem[];
  readonly cause?: unknown;
}

/** Every failure of the client. */
export class ParleyError extends Error {
  /** A word of the server's table, or one of the client's own. */
  readonly code: string;
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** When to try again, in milliseconds from the answer. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  readonly errors?: readonly FieldProblem[];

  constructor(code: string, message: string, { cause, retryable = false, ...known }: Failure = {}) {
    super(message, { cause });
    this.name = "ParleyError";
    this.code = code;
    this.retryable = retryable;
    Object.assign(this, known);
  }
}
