import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { errorsOf, openApiDocument } from "../../src/http/openapi.ts";
import { route } from "../../src/http/route.ts";
import { text } from "../../src/http/schema.ts";
import { ERRORS } from "../../src/kernel/errors.ts";
import { openAccounts } from "../support/accounts.ts";
import { testHttp } from "../support/http.ts";

const info = { title: "Parley", version: "1.0.0" };

// deno-lint-ignore no-explicit-any -- a document is looked into at many depths
type Document = any;

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "$ref" && typeof part === "string" ? [part] : references(part)
  );
}

Deno.test("the document of all accounts' routes is valid OpenAPI 3.1", async () => {
  await using node = await openAccounts();
  const document: Document = openApiDocument(node.router.declared, info);
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert(valid, JSON.stringify(errors));
  assertEquals(document.openapi, "3.1.0");
  for (const ref of references(document)) {
    assert(ref.startsWith("#/components/schemas/") && document.components.schemas[ref.slice(21)], ref);
  }
});

Deno.test("every operation has a summary, a name of its own, and its errors with examples", async () => {
  await using node = await openAccounts();
  const document: Document = openApiDocument(node.router.declared, info);
  const names = new Set<string>();
  for (const spec of node.router.declared) {
    const operation = document.paths[spec.path.replace(/:(\w+)/g, "{$1}")][spec.method];
    names.add(operation.operationId);
    assertEquals(operation.summary, spec.summary);
    for (const code of errorsOf(spec)) {
      const response = operation.responses[ERRORS[code].status];
      assertEquals(response.content["application/problem+json"].examples[code].value.code, code);
    }
  }
  assertEquals(names.size, node.router.declared.length);
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
