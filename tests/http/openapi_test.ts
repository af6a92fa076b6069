import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { errorsOf, openApiDocument } from "../../src/http/openapi.ts";
import { route } from "../../src/http/route.ts";
import { text } from "../../src/http/schema.ts";
import { ERRORS } from "../../src/kernel/errors.ts";
import { openAccounts } from "../support/accounts.ts";
import { testHttp } from "../support/http.ts";
import { brokenReferences, Judge } from "../support/judge.ts";
import type { Document } from "../support/judge.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

const info = { title: "Parley", version: "1.0.0" };

/** An operation of a document with where it is found. */
interface Found {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Document;
}

function operationsOf({ paths }: Document): Found[] {
  return Object.entries<Document>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method,
      path,
      operation,
    }))
  );
}

/** What the whole service publishes. */
async function publishedBy(server: TestServer): Promise<{ document: Document; operations: Found[] }> {
  const document = await server.ok(undefined, "GET /openapi.json");
  return { document, operations: operationsOf(document) };
}

/** The examples of a body, one or several. */
function examplesOf({ example, examples }: Document): unknown[] {
  return examples ? Object.values<Document>(examples).map(({ value }) => value) : [example];
}

/** Queries of what is required, alone and with each of the others; a history's cursor goes with `before`. */
function queriesOf(parameters: readonly Document[]): URLSearchParams[] {
  const queried = parameters.filter((parameter) => parameter.in === "query");
  const required = queried.filter((parameter) => parameter.required);
  const before = queried.filter(({ name }) => name === "before");
  const others = queried.filter((parameter) => !parameter.required);
  return [undefined, ...others].map((one) => {
    const more = one === undefined ? [] : one.name === "cursor" ? [one, ...before] : [one];
    return new URLSearchParams([...required, ...more].map(({ name, example }) => [name, String(example)]));
  });
}

/** What a check finds wrong anywhere, each with the operation where it does. */
function flaws(operations: readonly Found[], check: (found: Found) => readonly unknown[]): string[] {
  return operations.flatMap((found) => check(found).filter(Boolean).map((flaw) => `${found.name}: ${flaw}`));
}

Deno.test("the document of the whole service is valid OpenAPI 3.1, and refers to what is there", async () => {
  await using server = await startServer();
  const { document } = await publishedBy(server);
  assertEquals(brokenReferences(document), []);
  assertEquals(document.openapi, "3.1.0");
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert(valid, JSON.stringify(errors));
});

Deno.test("every operation has a summary, a name of its own and a group that is described", async () => {
  await using server = await startServer();
  const { document, operations } = await publishedBy(server);
  assertEquals(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
  const described = new Set(
    document.tags.filter((tag: Document) => tag.description).map((tag: Document) => tag.name),
  );
  const wrong = flaws(operations, ({ operation }) => [
    !operation.summary && "no summary",
    !operation.tags.every((tag: string) => described.has(tag)) && `${operation.tags} is not described`,
    !Array.isArray(operation.security) && "no word on security",
  ]);
  assertEquals(wrong, []);
});

Deno.test("every parameter is described and has an example that its schema takes", async () => {
  await using server = await startServer();
  const { document, operations } = await publishedBy(server);
  const judge = new Judge(document);
  const wrong = flaws(
    operations,
    ({ operation }) =>
      (operation.parameters ?? []).flatMap(({ name, description, schema, example }: Document) => [
        !description && `${name} is not described`,
        ...judge.faults(schema, example).map((fault) => `${name} ${fault}`),
      ]),
  );
  assertEquals(wrong, []);
});

Deno.test("every body has examples that its schema takes, of requests, answers and problems", async () => {
  await using server = await startServer();
  const { document, operations } = await publishedBy(server);
  const judge = new Judge(document);
  let seen = 0;
  const wrong = flaws(operations, ({ operation }) => {
    const bodies = [operation.requestBody, ...Object.values<Document>(operation.responses)]
      .flatMap((part) => Object.entries<Document>(part?.content ?? {}))
      .filter(([type]) => /json$/.test(type)).map(([, body]) => body);
    return bodies.flatMap((body) => {
      const examples = examplesOf(body);
      seen += examples.length;
      return examples.flatMap((example) =>
        example === undefined ? ["no example"] : judge.faults(body.schema, example)
      );
    });
  });
  assertEquals(wrong, []);
  assert(seen > 400, `only ${seen} examples were found`);
});

Deno.test("a body that its schema does not take is told from one that it does", async () => {
  await using server = await startServer();
  const { document } = await publishedBy(server);
  const judge = new Judge(document);
  const { schema, example } = document.paths["/api/auth/refresh"].post.requestBody
    .content["application/json"];
  assertEquals(judge.faults(schema, example), []);
  assert(judge.faults(schema, { ...example, more: 1 }).length > 0);
  assert(judge.faults(schema, { refreshToken: 7 }).length > 0);
  const message = { $ref: "#/components/schemas/Message" };
  assert(judge.faults(message, { id: "x" }).length > 0);
});

/** The requests that an operation's examples make. */
function requestsOf({ method, path, operation }: Found, url: string, token: string): Request[] {
  const parameters: Document[] = operation.parameters ?? [];
  const exampleOf = (name: string) => parameters.find((parameter) => parameter.name === name).example;
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => exampleOf(name));
  const named = parameters.filter((parameter) => parameter.in === "header");
  const headers = new Headers(named.map(({ name, example }) => [name, String(example)]));
  if (operation.security.length > 0) headers.set("authorization", `Bearer ${token}`);
  const content = operation.requestBody?.content["application/json"];
  if (content) headers.set("content-type", "application/json");
  const bodies = content ? examplesOf(content).map((example) => JSON.stringify(example)) : [undefined];
  return queriesOf(parameters).flatMap((query) =>
    bodies.map((body) =>
      new Request(`${url}${filled}?${query}`, { method: method.toUpperCase(), headers, body })
    )
  );
}

Deno.test("the server takes every request that is given as an example", async () => {
  await using server = await startServer();
  const { operations } = await publishedBy(server);
  const [user] = await server.users("ann");
  const taking = operations.filter(({ operation }) =>
    operation.requestBody ? operation.requestBody.content["application/json"] : operation.parameters
  );
  assert(taking.length > 30, `only ${taking.length} operations take anything`);
  for (const found of taking) {
    for (const request of requestsOf(found, server.url, user.token)) {
      const { status, body } = await fetch(request).then(async (response) => ({
        status: response.status,
        body: await response.text(),
      }));
      assert(![400, 412, 413, 415, 500].includes(status), `${request.method} ${request.url}: ${body}`);
      assert(Object.hasOwn(found.operation.responses, status), `${found.name} does not say ${status}`);
    }
  }
});

const LIMIT = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

Deno.test("every answer names the headers that it brings", async () => {
  await using server = await startServer();
  const { operations } = await publishedBy(server);
  const wrong = flaws(operations, ({ path, operation: { responses } }) => {
    const own: Document = { 401: ["WWW-Authenticate"], 429: ["Retry-After", ...LIMIT], 503: ["Retry-After"] };
    return Object.entries<Document>(responses).flatMap(([status, { headers = {} }]) => {
      const limit = responses[429] && path.startsWith("/api/") ? LIMIT : [];
      const wanted = ["X-Request-Id", ...limit, ...own[status] ?? []].filter((name) => !headers[name]);
      return wanted.map((name) => `${status} without ${name}`);
    });
  });
  assertEquals(wrong, []);
});

Deno.test("what is made says where it is found, where it has a place of its own", async () => {
  await using server = await startServer();
  const { operations } = await publishedBy(server);
  const made = operations.filter(({ operation }) => operation.responses[201]);
  const placeless = made.filter(({ operation }) => !operation.responses[201].headers.Location);
  assertEquals(placeless.map(({ name }) => name), ["POST /api/auth/ws-ticket"]);
  for (const { operation } of made) assertEquals(operation.responses[200]?.headers.Location, undefined);
});

Deno.test("every error that a route can answer is there by its code, with an example", async () => {
  await using node = await openAccounts();
  const document: Document = openApiDocument(node.router.declared, info);
  for (const spec of node.router.declared) {
    const operation = document.paths[spec.path.replace(/:(\w+)/g, "{$1}")][spec.method];
    for (const code of errorsOf(spec)) {
      const response = operation.responses[ERRORS[code].status];
      assertEquals(response.content["application/problem+json"].examples[code].value.code, code);
      assert(response.description.includes(code));
    }
  }
});

Deno.test("paths, queries and bodies are described as they are validated", () => {
  const router = testHttp();
  const author = z.object({ name: z.string(), admin: z.boolean().default(false) }).meta({ id: "Author" });
  route(router, {
    method: "put",
    path: "/notes/:id",
    summary: "Change",
    tag: "Notes",
    auth: "user",
    params: z.object({ id: z.string() }),
    query: z.object({
      n: z.coerce.number().int().min(1).default(1),
      q: z.string(),
      opt: z.string().optional(),
    }),
    body: z.object({ author }),
    ok: { status: 200, schema: z.object({ authors: z.array(author), author }) },
  }, () => ({ authors: [], author: { name: "a", admin: false } }));
  const document: Document = openApiDocument(router.declared, info);
  const { parameters, requestBody, responses, security } = document.paths["/notes/{id}"].put;
  const required = parameters.map((p: Document) => [p.name, p.in, p.required]);
  assertEquals(required, [["id", "path", true], ["n", "query", false], ["q", "query", true], [
    "opt",
    "query",
    false,
  ]]);
  assertEquals(security, [{ accessToken: [] }]);
  assertEquals(requestBody.required, true);
  const { schemas } = document.components;
  assertEquals(Object.keys(schemas).sort(), ["Author", "AuthorOutput", "Problem"]);
  const sent = requestBody.content["application/json"].schema.properties.author.$ref.slice(21);
  const answered = responses[200].content["application/json"].schema.properties.authors.items.$ref.slice(21);
  assertEquals(schemas[sent].required, ["name"]);
  assertEquals(schemas[answered].required, ["name", "admin"]);
});

Deno.test("a body that may be empty may be left out", () => {
  const router = testHttp();
  const body = z.object({ name: text(1, 5).optional() });
  const common = {
    method: "put",
    summary: "Change",
    tag: "Notes",
    auth: "none",
    ok: { status: 204 },
  } as const;
  route(router, { ...common, path: "/notes", body }, () => undefined);
  const document: Document = openApiDocument(router.declared, info);
  const { requestBody } = document.paths["/notes"].put;
  assertEquals(requestBody.required, false);
  const { name } = requestBody.content["application/json"].schema.properties;
  assertEquals([name.type, name.minLength, name.maxLength], ["string", 1, 5]);
  assert(new RegExp(name.pattern).test("a\nb") && !new RegExp(name.pattern).test("a\u0000b"));
});
