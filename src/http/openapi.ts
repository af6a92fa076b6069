import type { z } from "zod";
import { ERRORS } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import { problem } from "./problem.ts";
import { ParleyError } from "../kernel/errors.ts";
import type { RouteSpec } from "./route.ts";
import { problemSchema } from "./schema.ts";
import { SchemaBook } from "./schema_book.ts";

/** What the document says of the service as a whole. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the declared routes, from the schemas that validate. */
export function openApiDocument(routes: readonly RouteSpec[], info: ApiInfo): Json {
  const book = new SchemaBook();
  const problemRef = book.schema(problemSchema, "output");
  const paths: Record<string, Json> = {};
  for (const spec of routes) {
    const path = spec.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [spec.method]: operation(spec, book, problemRef) };
  }
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: book.components,
      securitySchemes: { accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operation(spec: RouteSpec, book: SchemaBook, problemRef: Json): Json {
  const parameters = [
    ...fields(spec.params, "path", book),
    ...fields(spec.query, "query", book),
  ];
  return {
    operationId: operationId(spec),
    summary: spec.summary,
    tags: [spec.tag],
    security: spec.auth === "user" ? [{ accessToken: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(spec.body && {
      requestBody: {
        required: !spec.body.safeParse({}).success,
        content: { "application/json": { schema: book.schema(spec.body, "input") } },
      },
    }),
    responses: { ...successes(spec, book), ...failures(spec, problemRef) },
  };
}

/** `POST /api/users/me/contacts` is `postUsersMeContacts`. */
function operationId({ method, path }: RouteSpec): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "api");
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function fields(schema: z.ZodType | undefined, place: "path" | "query", book: SchemaBook): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = book.inline(schema) as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || (required.includes(name) && !hasDefault(property)),
    schema: property,
  }));
}

function hasDefault(property: unknown): boolean {
  return typeof property === "object" && property !== null && "default" in property;
}

function successes({ ok, limit }: RouteSpec, book: SchemaBook): Json {
  const content = ok.schema && { "application/json": { schema: book.schema(ok.schema, "output") } };
  const headers = limit === "none" ? undefined : LIMIT_HEADERS;
  const answer = (status: number): Json => ({
    description: status === 201 ? "Made" : status === 204 ? "Done" : "OK",
    ...(headers && { headers }),
    ...(content && { content }),
  });
  return Object.fromEntries([ok.status, ok.also ?? ok.status].map((status) => [status, answer(status)]));
}

const LIMIT_HEADERS = Object.fromEntries(
  [
    ["RateLimit-Limit", "Requests in a window"],
    ["RateLimit-Remaining", "Requests left in this window"],
    ["RateLimit-Reset", "Seconds until the window ends"],
  ].map(([name, description]) => [name, { description, schema: { type: "integer" } }]),
);

/** The codes that a route may answer with: what its declaration implies, and what its handler adds. */
export function errorsOf(spec: RouteSpec): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(spec.errors);
  if (spec.auth === "user") codes.add("unauthenticated").add("token_expired");
  if (spec.params || spec.query || spec.body) codes.add("invalid_request");
  if (spec.body) codes.add("payload_too_large").add("unsupported_media_type");
  if (spec.limit !== "none") codes.add("rate_limited");
  if (spec.limit === "credentials") codes.add("limiter_unavailable");
  return codes.add("internal").add("store_unavailable");
}

function failures(spec: RouteSpec, problemRef: Json): Json {
  const byStatus = Map.groupBy(errorsOf(spec), (code) => ERRORS[code].status);
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, failure(codes, problemRef)]));
}

function failure(codes: readonly ErrorCode[], problemRef: Json): Json {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: example(code) }]));
  return {
    description: codes.map((code) => ERRORS[code].title).join("; "),
    content: { "application/problem+json": { schema: problemRef, examples } },
  };
}

function example(code: ErrorCode): object {
  const errors = code === "invalid_request" ? [{ field: "name", message: "Invalid input" }] : undefined;
  return problem(
    new ParleyError(code, undefined, { ...(errors && { errors }) }),
    "01JD2Q7M3C8Z0V5T9W4X6Y1ABC",
  );
}
