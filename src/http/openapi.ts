import type { z } from "zod";
import { ERRORS, ParleyError } from "../kernel/errors.ts";
import type { ErrorCode, FieldError } from "../kernel/errors.ts";
import { SAMPLE } from "../kernel/samples.ts";
import { SchemaBook } from "../kernel/schema_book.ts";
import type { Json } from "../kernel/schema_book.ts";
import { headersOf } from "./openapi_headers.ts";
import { problem } from "./problem.ts";
import type { RouteSpec } from "./route.ts";
import { problemSchema } from "./schema.ts";

/** What the document says of the service as a whole. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  /** In Markdown. */
  readonly description?: string;
  /** What each group of routes is about. */
  readonly tags?: Readonly<Record<string, string>>;
}

const LICENSE = { name: "MIT", identifier: "MIT" };

/** The OpenAPI 3.1 document of the declared routes, from the schemas that validate. */
export function openApiDocument(routes: readonly RouteSpec[], { tags = {}, ...info }: ApiInfo): Json {
  const book = new SchemaBook();
  const problemRef = book.schema(problemSchema, "output");
  const paths: Record<string, Json> = {};
  for (const spec of routes) {
    const path = spec.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [spec.method]: operation(spec, book, problemRef) };
  }
  return {
    openapi: "3.1.0",
    info: { ...info, license: LICENSE },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name, description: tags[name] })),
    paths,
    components: {
      schemas: book.components,
      securitySchemes: {
        accessToken: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "The `accessToken` of registering, logging in or refreshing",
        },
      },
    },
  };
}

function operation(spec: RouteSpec, book: SchemaBook, problemRef: Json): Json {
  const parameters = [
    ...fields(spec.params, "path", book),
    ...fields(spec.query, "query", book),
    ...fields(spec.headers, "header", book),
  ];
  return {
    operationId: operationId(spec),
    summary: spec.summary,
    ...(spec.description && { description: spec.description }),
    tags: [spec.tag],
    security: SECURITY[spec.auth],
    ...(parameters.length > 0 && { parameters }),
    ...(spec.body && {
      requestBody: {
        required: !spec.body.safeParse({}).success,
        content: { "application/json": content(book.schema(spec.body, "input"), book) },
      },
    }),
    ...(spec.stream && { requestBody: { required: true, content: streamed(spec.stream) } }),
    responses: { ...successes(spec, book), ...failures(spec, problemRef, book) },
  };
}

/** What each kind of authentication wants; `link` takes a signature in the query too. */
const SECURITY = { none: [], user: [{ accessToken: [] }], link: [{ accessToken: [] }, {}] } as const;

const BINARY = { type: "string", format: "binary" } as const;

/** A body of bytes, and of a form with such a field. */
function streamed(types: readonly string[]): Json {
  const form = { type: "object", required: ["file"], properties: { file: BINARY } };
  return Object.fromEntries(
    types.map((type) => [type, { schema: type === "multipart/form-data" ? form : BINARY }]),
  );
}

/** `POST /api/users/me/contacts` is `postUsersMeContacts`. */
function operationId({ method, path }: RouteSpec): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "api");
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function content(schema: Json, book: SchemaBook): Json {
  const examples = book.examples(schema);
  if (examples.length === 1) return { schema, example: examples[0] };
  return { schema, examples: Object.fromEntries(examples.map((value, i) => [`example${i + 1}`, { value }])) };
}

function fields(schema: z.ZodType | undefined, place: "path" | "query" | "header", book: SchemaBook): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = book.inline(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === "path" || (required.includes(name) && !("default" in property)),
    description,
    schema: property,
    example: book.example(property),
  }));
}

function successes({ ok, limit }: RouteSpec, book: SchemaBook): Json {
  const body = ok.schema &&
    { [ok.type ?? "application/json"]: content(book.schema(ok.schema, "output"), book) };
  const answer = (status: number, description: string): Json => ({
    description,
    headers: headersOf(status, limit !== "none", ok.headers),
    ...(body && { content: body }),
  });
  return {
    [ok.status]: answer(ok.status, ok.status === 201 ? "Made" : ok.status === 204 ? "Done" : "OK"),
    ...(ok.also && { [ok.also]: answer(ok.also, "An earlier call has made it: here it is") }),
    ...(ok.headers?.ETag &&
      { 304: { description: "As you know it", headers: headersOf(304, false, ok.headers) } }),
    ...Object.fromEntries(
      Object.entries(ok.others ?? {}).map(([status, description]) => [
        status,
        { description, headers: headersOf(Number(status), limit !== "none") },
      ]),
    ),
  };
}

/** The codes that a route may answer with: what its declaration implies, and what its handler adds. */
export function errorsOf(spec: RouteSpec): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(spec.errors);
  if (spec.auth !== "none") codes.add("unauthenticated").add("token_expired");
  if (spec.params || spec.query || spec.headers || spec.body) codes.add("invalid_request");
  if (spec.body) codes.add("payload_too_large").add("unsupported_media_type");
  if (spec.limit !== "none") codes.add("rate_limited").add("overloaded");
  if (spec.limit !== "none" || spec.auth === "user") codes.add("store_unavailable");
  if (spec.limit === "credentials") codes.add("limiter_unavailable");
  return codes.add("internal");
}

function failures(spec: RouteSpec, problemRef: Json, book: SchemaBook): Json {
  const byStatus = Map.groupBy(errorsOf(spec), (code) => ERRORS[code].status);
  const limited = spec.limit !== "none" || spec.errors?.includes("rate_limited") === true;
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join("; "),
    headers: headersOf(status, limited),
    content: {
      "application/problem+json": {
        schema: problemRef,
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code, spec, book) }])),
      },
    },
  }]));
}

function example(code: ErrorCode, spec: RouteSpec, book: SchemaBook): object {
  const errors = code === "invalid_request" ? [wrongField(spec, book)] : undefined;
  return problem(new ParleyError(code, undefined, { ...(errors && { errors }) }), SAMPLE.requestId);
}

/** The first field that the route takes, as if it had been wrong. */
function wrongField({ params, query, body }: RouteSpec, book: SchemaBook): FieldError {
  const schema = body ?? query ?? params;
  const [field = "body"] = Object.keys((schema && book.inline(schema).properties) ?? {});
  return { field, message: "Invalid input" };
}
