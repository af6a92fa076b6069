import { errorOf, failure, ParleyError } from "./errors.ts";
import type { WireError } from "./errors.ts";
import type { ClientClock } from "./types.ts";

/** What a request says beside its route. */
export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Files and forms are sent as they are, everything else as JSON. */
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Answers the headers in place of the body. */
  readonly wantsHeaders?: boolean;
}

const TIMEOUT_MS = 20_000;
/** Answers that are files, which take as long as they take. */
const BYTES = /\/(content|thumbnail)$/;

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
  async call(route: string, call: Call): Promise<unknown> {
    const { params, query, headers, body, token, signal } = call;
    const [method = "", path = ""] = route.split(" ");
    const isJson = body?.constructor === Object;
    const late = new AbortController();
    const timeoutMs = call.timeoutMs ?? (BYTES.test(path) ? Infinity : TIMEOUT_MS);
    const inTime = this.#clock.after(timeoutMs, () => late.abort());
    const ended = AbortSignal.any([late.signal, this.closing, ...signal ? [signal] : []]);
    ended.onabort = inTime; // a body may take a while to notice
    try {
      const response = await this.#fetch(this.#base + fill(path, params) + search(query), {
        method,
        headers: {
          ...headers,
          ...(token && { authorization: `Bearer ${token}` }),
          ...(isJson && { "content-type": "application/json" }),
        },
        body: isJson ? JSON.stringify(body) : body as BodyInit | undefined,
        signal: ended,
      });
      if (!response.ok) throw refusal(response, await response.text());
      if (call.wantsHeaders) return response.headers;
      if (response.status === 204) return undefined;
      // Whatever else answers in the server's place does not answer in JSON.
      return await (BYTES.test(path) ? response.blob() : response.json());
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      if (this.closing.aborted) throw closed();
      if (signal?.aborted) throw failure("aborted", { cause });
      throw failure(late.signal.aborted ? "timeout" : "network", {
        cause,
        retryable: true,
      });
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
  return failure("client_closed");
}

function fill(path: string, params: Call["params"]): string {
  return path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params?.[name] ?? ""));
}

function search(query: Call["query"] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given as [string, string][])}` : "";
}

/** A problem document as an error; something between may have answered instead, in words of its own. */
function refusal({ status, headers }: Response, text: string): ParleyError {
  const { code = "network", detail, errors, requestId } = parse(text);
  const seconds = Number(headers.get("retry-after"));
  return errorOf({
    ...{ code, message: detail, errors, requestId, status },
    retryable: status === 408 || status === 429 || status >= 500,
    retryAfterMs: seconds > 0 ? seconds * 1_000 : undefined,
  });
}

function parse(text: string): Partial<WireError> & { readonly detail?: string } {
  try {
    const problem = JSON.parse(text);
    return problem?.code ? problem : {};
  } catch {
    return {};
  }
}
