import { assert, assertEquals, assertMatch } from "@std/assert";
import { calls } from "../../src/http/docs/curl.ts";
import type { Document } from "../support/judge.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

const PATHS = [
  "/openapi.json",
  "/asyncapi.json",
  "/docs",
  "/docs/socket",
  "/docs/style.css",
  "/docs/icon.svg",
];
const PAGES = ["/docs", "/docs/socket"];

async function read(server: TestServer, path: string): Promise<string> {
  const { status, body } = await server.call(undefined, `GET ${path}`);
  assertEquals(status, 200, path);
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The values of an attribute, in order. */
function attributes(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
}

Deno.test("a document is answered once in full, and by 304 to who has it", async () => {
  await using server = await startServer();
  for (const path of PATHS) {
    const first = await fetch(server.url + path, { headers: { "accept-encoding": "identity" } });
    const etag = first.headers.get("etag") ?? "";
    assertMatch(etag, /^"[\w-]{22}"$/);
    assertEquals(first.headers.get("cache-control"), "no-cache");
    assertEquals(first.headers.get("content-encoding"), null);
    const text = await first.text();
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await fetch(server.url + path, { headers: { "if-none-match": known } });
      assertEquals([again.status, await again.text()], [304, ""], `${path} ${known}`);
    }
    const other = await fetch(server.url + path, { headers: { "if-none-match": '"other"' } });
    assertEquals([other.status, await other.text()], [200, text], path);
  }
});

Deno.test("a document goes out compressed where that is taken, and HEAD tells of it without a body", async () => {
  await using server = await startServer();
  for (const path of PATHS) {
    // The client asks for gzip of its own accord, and unpacks it.
    const zipped = await fetch(server.url + path);
    assertMatch(zipped.headers.get("etag") ?? "", /-gzip"$/);
    assertEquals(zipped.headers.get("vary"), "Accept-Encoding");
    assert((await zipped.text()).length > 100);
    const head = await fetch(server.url + path, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    assertEquals(head.headers.get("etag"), zipped.headers.get("etag"));
    assertEquals((await server.call(undefined, `POST ${path}`)).status, 405);
  }
});

Deno.test("a page may load its style and icon, and run nothing", async () => {
  await using server = await startServer();
  for (const path of PAGES) {
    const { headers, body } = await server.call(undefined, `GET ${path}`);
    const policy = headers.get("content-security-policy") ?? "";
    assertMatch(policy, /^default-src 'none'; style-src 'self'; img-src 'self'; /);
    assert(!/unsafe|script|https?:/.test(policy), policy);
    assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
    assert(!/<script|<style|<iframe| style=| on[a-z]+=/i.test(body), path);
    const loaded = [...attributes(body, "src"), ...body.match(/<link[^>]*>/g).flatMap(hrefOf)];
    assertEquals([...new Set(loaded)].sort(), ["/docs/icon.svg", "/docs/style.css"]);
  }
  assert(!/url\(|@import/.test(await read(server, "/docs/style.css")));
});

function hrefOf(tag: string): string[] {
  return attributes(tag, "href");
}

Deno.test("every link of a page leads to a page of the server, and to a place that is there", async () => {
  await using server = await startServer();
  const pages = new Map<string, string>();
  for (const path of PATHS) pages.set(path, await read(server, path));
  const wrong = PAGES.flatMap((from) => {
    const page = pages.get(from) ?? "";
    const ids = attributes(page, "id");
    assertEquals(ids.length, new Set(ids).size, `${from} has names that are not unique`);
    return attributes(page, "href").filter((href) => {
      const [path = "", place] = href.split("#");
      const target = pages.get(path || from);
      return target === undefined || (place !== undefined && !target.includes(` id="${place}"`));
    }).map((href) => `${from} -> ${href}`);
  });
  assertEquals(wrong, []);
});

Deno.test("the pages show every operation, record and code of the documents", async () => {
  await using server = await startServer();
  const [rest, socket] = [await read(server, "/docs"), await read(server, "/docs/socket")];
  const openApi: Document = JSON.parse(await read(server, "/openapi.json"));
  const asyncApi: Document = JSON.parse(await read(server, "/asyncapi.json"));
  const shown = (page: string, names: readonly string[]) =>
    assertEquals(names.filter((name) => !page.includes(` id="${name}"`)), []);
  const operations = Object.values<Document>(openApi.paths).flatMap((path) => Object.values<Document>(path));
  shown(rest, operations.map(({ operationId }) => operationId));
  shown(rest, openApi.components.schemas.Problem.properties.code.enum.map((code: string) => `error-${code}`));
  shown(rest, Object.keys(openApi.components.schemas).map((name) => `record-${name}`));
  shown(socket, Object.keys(asyncApi.operations));
  shown(socket, asyncApi["x-close-codes"].map(({ code }: Document) => `close-${code}`));
  shown(socket, Object.keys(asyncApi.components.schemas).map((name) => `record-${name}`));
});

Deno.test("every call that is shown is one that a shell reads as it is meant", async () => {
  await using server = await startServer();
  const page = await read(server, "/docs");
  const shown = [...page.matchAll(/<code>(curl [^<]*)<\/code>/g)].map(([, line = ""]) => unescaped(line));
  assert(shown.length > 40, `only ${shown.length} calls are shown`);
  const withoutFiles = shown.filter((line) => !line.includes("@photo.jpg"));
  for (const line of withoutFiles) {
    const { method, url, headers, body } = requestOf(await wordsOf(line, server.url));
    assert(url.startsWith(server.url), url);
    const answer = await fetch(url, { method, headers, body });
    await answer.body?.cancel();
    if (url.endsWith("/api/auth/register")) assertEquals(answer.status, 201);
    assert(![400, 405, 415, 500].includes(answer.status), `${method} ${url}: ${answer.status}`);
  }
});

Deno.test("a quote in a body does not end its word", async () => {
  const body = { text: `it's "so" $HOME` };
  const content = { "application/json": { schema: {}, example: body } };
  const operation = { operationId: "a", summary: "A", tags: [], security: [], responses: {} };
  const [line = ""] = calls("post", "/a", { ...operation, requestBody: { required: true, content } });
  const words = await wordsOf(line, "http://parley.test");
  assertEquals(requestOf(words).url, "http://parley.test/a");
  assertEquals(JSON.parse(requestOf(words).body ?? ""), body);
});

const CHARACTERS: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", "#39": "'" };

function unescaped(html: string): string {
  return html.replace(/&(quot|amp|lt|gt|#39);/g, (_, name) => CHARACTERS[name] ?? "");
}

/** The words that a shell makes of a line that calls `curl`, without calling it. */
async function wordsOf(line: string, url: string): Promise<string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}\n`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script], env: { URL: url, TOKEN: "x" } })
    .output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

/** The request that `curl` would make of these words. */
function requestOf(words: readonly string[]) {
  const after = (option: string) =>
    words.flatMap((word, index) => word === option ? words[index + 1] ?? [] : []);
  const [body] = after("-d");
  const headers = after("-H").map((header) => header.split(": ", 2) as [string, string]);
  const url = words.find((word) => word.startsWith("http")) ?? "";
  return { method: after("-X")[0] ?? (body ? "POST" : "GET"), url, headers, body };
}
