import type { Logger } from "../kernel/log.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Allowance } from "../ports/limiter.ts";

/** What the server knows of the other end, as `Deno.serve` passes it beside the request. */
export interface Connection {
  readonly remoteAddr?: { readonly transport: string; readonly hostname?: string };
}

/** One request on its way through: written by the middlewares, read by the handlers. */
export class Call {
  readonly requestId: string;
  /** The client's address, as far as trusted proxies vouch for it. */
  readonly address: string;
  /** The path as it was declared, such as `/api/users/:id`; ids and codes stay out of logs and metrics. */
  route: string | undefined;
  user: Principal | undefined;
  /** What the tightest limit that was asked has left. */
  allowance: Allowance | undefined;
  readonly #log: Logger;

  constructor(requestId: string, address: string, log: Logger) {
    this.requestId = requestId;
    this.address = address;
    this.#log = log;
  }

  /** A logger whose lines carry the request and the user. */
  get log(): Logger {
    return this.#log.with({ requestId: this.requestId, userId: this.user?.userId });
  }
}

/** What Hono's context carries here. */
export interface HttpEnv {
  readonly Bindings: Connection;
  readonly Variables: { call: Call };
}
