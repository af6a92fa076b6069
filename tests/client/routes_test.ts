import { assert, assertEquals } from "@std/assert";
import { importsOf } from "../support/arrows.ts";
import { sourceFiles } from "../support/files.ts";
import { startServer } from "../support/server.ts";

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** The routes of the table of types: which has a query, a body, an answer. */
async function typedRoutes(): Promise<Map<string, readonly string[]>> {
  const source = await Deno.readTextFile("src/client/routes.ts");
  const table = /export interface Routes \{(.*?)\n\}/s.exec(source)?.[1] ?? "";
  const rows = [...table.matchAll(/"([A-Z]+ \/[^"]+)":(.*?)(?=\n {2}"|$)/gs)];
  return new Map(rows.map(([, route = "", type = ""]) => {
    return [route, ["query", "body", "answer"].filter((part) => new RegExp(`\\b${part}:`).test(type))];
  }));
}

/** The documented routes of the API, likewise. */
async function documentedRoutes(): Promise<Map<string, readonly string[]>> {
  await using server = await startServer();
  const { paths } = await server.ok(undefined, "GET /openapi.json");
  const routes = new Map<string, readonly string[]>();
  for (const [path, operations] of Object.entries<Record<string, Operation>>(paths)) {
    // Resumable uploads speak a protocol of their own, which has clients of its own.
    if (!path.startsWith("/api/") || path.startsWith("/api/uploads/tus")) continue;
    for (const [method, operation] of Object.entries(operations)) {
      routes.set(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`, partsOf(operation));
    }
  }
  return routes;
}

function partsOf({ parameters = [], requestBody, responses }: Operation): string[] {
  const answers = Object.entries(responses).some(([status, { content }]) =>
    status.startsWith("2") && content
  );
  return [
    ...parameters.some((parameter) => parameter.in === "query") ? ["query"] : [],
    ...requestBody ? ["body"] : [],
    ...answers ? ["answer"] : [],
  ];
}

Deno.test("the client's table of routes is the server's own, with what each takes and answers", async () => {
  const [typed, documented] = [await typedRoutes(), await documentedRoutes()];
  assert(typed.size > 30);
  const sorted = (routes: ReadonlyMap<string, readonly string[]>) =>
    [...routes].map(([route, parts]) => `${route}: ${parts.join(", ")}`).sort();
  assertEquals(sorted(typed), sorted(documented));
});

Deno.test("the client takes types of the server's schemas, and nothing that runs", async () => {
  const foreign = (specifier: string) => !specifier.startsWith("./");
  const sources = (await sourceFiles("src/client")).filter(({ path }) => !path.includes("/build/"));
  for (const { path, text } of sources) {
    const bare = text.replace(/^(import|export) type\b[^;]*;/gm, "");
    assertEquals(importsOf(bare).filter(foreign), [], path);
  }
});
