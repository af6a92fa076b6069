import type { Context, Handler, Hono, MiddlewareHandler } from "hono";
import type { z } from "zod";
import type { ErrorCode } from "../kernel/errors.ts";
import { encodeOnce } from "../kernel/json.ts";
import type { Logger } from "../kernel/log.ts";
import type { Principal } from "../kernel/principal.ts";
import { admitJson } from "./body.ts";
import type { HttpEnv } from "./call.ts";
import type { Guard, LimitName } from "./guard.ts";
import { validated } from "./validate.ts";

type Auth = "none" | "user" | "link";
type Asker<A extends Auth> = A extends "user" ? Principal
  : A extends "link" ? Principal | undefined
  : undefined;
type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** What a route answers when all is well. */
export interface Success {
  readonly status: 200 | 201 | 202 | 204;
  /** Another status with the same body, such as `200` for the retry of what a first call made with `201`. */
  readonly also?: 200;
  /** The body; none with `204`. */
  readonly schema?: z.ZodType;
  /** What the body is; `application/json` unless said. */
  readonly type?: string;
  /** Headers that the handler gives, by what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that the handler may answer instead, as a whole response, by what they say. */
  readonly others?: Readonly<Record<number, string>>;
}

/** The header of a `201` made by `created`. */
export const LOCATION = { Location: "Where the new record is found" } as const;

/** A route as it is declared: validation, authentication, limits and OpenAPI all come from this. */
export interface RouteSpec<
  A extends Auth = Auth,
  P extends Schema = Schema,
  Q extends Schema = Schema,
  B extends Schema = Schema,
> {
  readonly method: "get" | "post" | "put" | "patch" | "delete" | "options";
  /** With parameters as in `/api/users/:id`. */
  readonly path: string;
  readonly summary: string;
  /** What the summary does not say, in Markdown: order, limits, what a retry does. */
  readonly description?: string;
  readonly tag: string;
  /** `user` wants an access token; `link` wants one too, or a signature in the query, which the handler judges. */
  readonly auth: A;
  /** The limit that the call counts on; `general` unless said. */
  readonly limit?: LimitName;
  /** Is among the first to be refused while the node is overloaded. */
  readonly yields?: true;
  readonly params?: P;
  readonly query?: Q;
  /** Headers that the handler reads, in lower case: checked and described, to be read from the request. */
  readonly headers?: z.ZodType;
  /** The JSON body; read only when declared. */
  readonly body?: B;
  /** Media types of a body that the handler itself reads, part by part; a form has it in the field `file`. */
  readonly stream?: readonly string[];
  readonly ok: Success;
  /** What the handler itself may fail with; what the declaration implies need not be repeated. */
  readonly errors?: readonly ErrorCode[];
}

/** What a handler is given: the parsed parts of the request, and who asks. */
export interface RouteInput<A extends Auth, P extends Schema, Q extends Schema, B extends Schema> {
  readonly params: Parsed<P>;
  readonly query: Parsed<Q>;
  readonly body: Parsed<B>;
  readonly user: Asker<A>;
  readonly requestId: string;
  /** The client's address. */
  readonly address: string;
  /** Lines carry the request id and the user. */
  readonly log: Logger;
}

/** An answer with another status than the declared one, or with headers. */
export class Reply {
  constructor(
    readonly body: object | undefined,
    readonly status: Success["status"],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** `201` with the record that was made and where it is found. */
export function created(location: string, body: object): Reply {
  return new Reply(body, 201, { location });
}

/** A body (`undefined` where there is nothing to say), a `Reply`, or a whole response. */
export type Answer = object | undefined | void | Reply | Response;

/** Where routes are declared. Made by `createHttp`. */
export interface Router {
  readonly app: Hono<HttpEnv>;
  readonly guard: Guard;
  /** Every declared route, for OpenAPI. */
  readonly declared: RouteSpec[];
}

/**
 * Declares a route and its handler. In order: access token, limit, path, query, body, handler. What the handler
 * throws is answered as a problem document; what it returns is the body under `spec.ok.status`.
 */
export function route<
  A extends Auth,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(
  router: Router,
  spec: RouteSpec<A, P, Q, B>,
  handle: (input: RouteInput<A, P, Q, B>, c: Context<HttpEnv>) => Promise<Answer> | Answer,
): void {
  const chain: MiddlewareHandler<HttpEnv>[] = [admission(router.guard, spec)];
  if (spec.params) chain.push(validated("param", spec.params));
  if (spec.query) chain.push(validated("query", spec.query));
  if (spec.headers) chain.push(validated("header", spec.headers));
  if (spec.body) chain.push(validated("json", spec.body));
  const status = spec.ok.status;
  const handler: Handler<HttpEnv> = async (c) => {
    const answer = await handle(inputOf<A, P, Q, B>(c), c);
    return answer instanceof Response ? answer : respond(c, answer, status);
  };
  router.app.on(spec.method.toUpperCase(), [spec.path], ...chain, handler);
  router.declared.push(spec);
}

function admission(guard: Guard, spec: RouteSpec): MiddlewareHandler<HttpEnv> {
  const limit = spec.limit ?? "general";
  return async function admit(c, next) {
    const call = c.get("call");
    call.route = spec.path;
    guard.makeWay(limit, spec.yields === true);
    await guard.admit(call, spec.auth, limit, c.req.raw.headers.get("authorization"));
    if (spec.body) await admitJson(c);
    await next();
  };
}

function inputOf<A extends Auth, P extends Schema, Q extends Schema, B extends Schema>(
  c: Context<HttpEnv>,
): RouteInput<A, P, Q, B> {
  const call = c.get("call");
  // The validators of this very chain have put these values there.
  const valid = (part: "param" | "query" | "json") => c.req.valid(part as never);
  return {
    params: valid("param") as Parsed<P>,
    query: valid("query") as Parsed<Q>,
    body: valid("json") as Parsed<B>,
    user: call.user as RouteInput<A, P, Q, B>["user"],
    requestId: call.requestId,
    address: call.address,
    get log() {
      return call.log;
    },
  };
}

const JSON_TYPE = { "content-type": "application/json" };

/** A view that is also pushed to sockets is encoded once for all. */
function respond(
  c: Context<HttpEnv>,
  answer: object | undefined | void,
  status: Success["status"],
): Response {
  const { body, headers, ...reply } = answer instanceof Reply
    ? answer
    : { body: answer, status, headers: undefined };
  if (!body || reply.status === 204) return c.body(null, reply.status, headers);
  return c.body(encodeOnce(body), reply.status, { ...headers, ...JSON_TYPE });
}
