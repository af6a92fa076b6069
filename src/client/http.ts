import { ParleyError } from "./errors.ts";
import type { FieldProblem } from "./errors.ts";
import type { ClientClock } from "./types.ts";

/** What a request says beside its route. */
export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

/** Calls the server's routes. */
export class Http {
  readonly #base: string;
  readonly #fetch: typeof fetch;
  readonly #clock: ClientClock;
  readonly #closing = new AbortController();

  constructor(base: string, fetcher: typeof fetch, clock: ClientClock) {
    this.#base = base;
    this.#fetch = fetcher;
    this.#clock = clock;
  }

  /** The answer to `route`, such as `GET /api/users/:id`: its body, or nothing. Rejects with `ParleyError`. */
  async call(
    route: string,
    { params, query, body, token, signal, timeoutMs = TIMEOUT_MS }: Call,
  ): Promise<unknown> {
    const [method = "", path = ""] = route.split(" ");
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const late = new AbortController();
    const inTime = this.#clock.after(timeoutMs, () => late.abort());
    const stop = AbortSignal.any([late.signal, this.#closing.signal, ...signal ? [signal] : []]);
    try {
      const response = await this.#fetch(`${this.#base}${fill(path, params)}${search(query)}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: stop,
      });
      const text = await response.text();
      if (!response.ok) throw refusal(response, text);
      return text === "" ? undefined : JSON.parse(text);
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      if (this.#closing.signal.aborted) throw closed();
      if (signal?.aborted) throw new ParleyError("aborted", "The call was given up", { cause });
      if (late.signal.aborted) {
        throw new ParleyError("timeout", "There was no answer in time", { cause, retryable: true });
      }
      throw new ParleyError("network", "The server cannot be reached", { cause, retryable: true });
    } finally {
      inTime();
    }
  }

  /** Aborted by `close()`. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Ends what is under way, and all that is still to come. */
  close(): void {
    this.#closing.abort();
  }
}

/** What every call answers after `close()`. */
export function closed(): ParleyError {
  return new ParleyError("client_closed", "The client is closed");
}

function fill(path: string, params: Call["params"]): string {
  return path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params?.[name] ?? ""));
}

function search(query: Call["query"] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** A problem document as an error; something between may have answered instead, in words of its own. */
function refusal({ status, headers }: Response, text: string): ParleyError {
  const problem = parse(text);
  const errors = problem.errors?.map(({ field, message }) => ({ path: field, message }));
  const retryAfterMs = delayOf(headers);
  const requestId = problem.requestId ?? headers.get("x-request-id") ?? undefined;
  return new ParleyError(problem.code ?? "network", problem.detail ?? `The server answered ${status}`, {
    status,
    retryable: status === 408 || status === 429 || status >= 500,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(requestId !== undefined && { requestId }),
    ...(errors && { errors: errors satisfies FieldProblem[] }),
  });
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

function parse(text: string): Problem {
  try {
    const problem = JSON.parse(text);
    return typeof problem?.code === "string" ? problem : {};
  } catch {
    return {};
  }
}

/** `Retry-After` is in seconds, or a time by the server's clock, which only its own `Date` compares with. */
function delayOf(headers: Headers): number | undefined {
  const said = headers.get("retry-after");
  if (said === null) return undefined;
  const seconds = Number(said);
  const ms = Number.isNaN(seconds)
    ? Date.parse(said) - Date.parse(headers.get("date") ?? "")
    : seconds * 1_000;
  return ms >= 0 ? ms : undefined;
}
