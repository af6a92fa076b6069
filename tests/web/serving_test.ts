import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openWebFiles } from "../../src/adapters/web_files_folder.ts";
import type { WebFiles } from "../../src/ports/web_files.ts";
import { createLogger } from "../../src/kernel/log.ts";
import { loadConfig } from "../../src/config.ts";
import { fileOrigins, webRoutes } from "../../src/web_routes.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { testHttp } from "../support/http.ts";
import { builtWeb } from "./built.ts";

type Ask = (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;

/** Serves the web app, or what stands for it when there is none; answers what was logged, too. */
function serve(
  files: WebFiles | undefined,
  origins?: readonly string[],
): { readonly ask: Ask; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    clock: systemClock,
    write: (line) => void lines.push(line),
    pretty: false,
  });
  const router = testHttp();
  webRoutes(router, files, log, origins);
  const ask: Ask = async (path, headers = {}, method = "GET") =>
    await router.app.fetch(new Request(`http://parley.test${path}`, { method, headers }), {});
  return { ask, lines };
}

/** The web app as the build leaves it. */
async function built(): Promise<WebFiles> {
  const files = await openWebFiles(await builtWeb());
  assert(files);
  return files;
}

const text = async (response: Response) => {
  const stream = response.headers.get("content-encoding") === "gzip"
    ? response.body?.pipeThrough(new DecompressionStream("gzip"))
    : response.body;
  return await new Response(stream).text();
};

Deno.test("the page is served under every path of the app, and nowhere else", async () => {
  const { ask } = serve(await built());
  for (const path of ["/", "/c/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/c/abc/17", "/settings", "/settings/profile"]) {
    const response = await ask(path);
    assertEquals(
      [response.status, response.headers.get("content-type")],
      [200, "text/html; charset=utf-8"],
      path,
    );
    assertStringIncludes(await text(response), '<div id="app">');
  }
  for (const path of ["/api/nothing", "/elsewhere", "/index.html", "/assets/", "/assets/main.js", "/c"]) {
    const response = await ask(path);
    assertEquals(
      [response.status, response.headers.get("content-type")],
      [404, "application/problem+json"],
      path,
    );
    assertEquals((await response.json()).code, "not_found");
  }
});

Deno.test("what the page names is there, never changes, and carries its type", async () => {
  const { ask } = serve(await built());
  const page = await text(await ask("/"));
  const named = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
  assert(named.length >= 5);
  for (const path of named) assertEquals((await ask(path)).status, 200, path);
  const assets = named.filter((path) => path.startsWith("/assets/"));
  assertEquals(assets.filter((path) => !/^\/assets\/\w+\.\w+\.(js|css)$/.test(path)), []);
  for (const path of assets) {
    const { headers } = await ask(path);
    assertEquals(headers.get("cache-control"), "public, max-age=31536000, immutable");
    assertMatch(
      headers.get("content-type") ?? "",
      path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/,
    );
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("scripts name only scripts that are there", async () => {
  const files = await built();
  const { ask } = serve(files);
  for (const { path, bytes } of files.others.filter(({ path }) => path.endsWith(".js"))) {
    for (const [, name] of new TextDecoder().decode(bytes).matchAll(/"\.\/([\w.-]+\.js)"/g)) {
      assertEquals((await ask(`/assets/${name}`)).status, 200, `${path} names ${name}`);
    }
  }
});

Deno.test("page and service worker are asked for again, and answered 304 while they are the same", async () => {
  const { ask } = serve(await built());
  for (const path of ["/", "/sw.js"]) {
    const first = await ask(path);
    assertEquals(first.headers.get("cache-control"), "no-cache");
    const tag = first.headers.get("etag") ?? "";
    assertMatch(tag, /^"[\w-]{22}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, `"${tag.slice(1, -1)}-gzip"`, "*"]) {
      const again = await ask(path, { "if-none-match": known });
      assertEquals([again.status, again.headers.get("etag"), await again.text()], [304, tag, ""], known);
    }
    assertEquals((await ask(path, { "if-none-match": '"other"' })).status, 200);
  }
});

Deno.test("a file comes compressed to those who take that, with a tag of its own", async () => {
  const { ask } = serve(await built());
  const plain = await ask("/");
  assertEquals([plain.headers.get("content-encoding"), plain.headers.get("vary")], [null, "Accept-Encoding"]);
  for (const accepted of ["gzip", "br, gzip;q=0.5", "*", "GZIP"]) {
    const response = await ask("/", { "accept-encoding": accepted });
    assertEquals(response.headers.get("content-encoding"), "gzip", accepted);
    assert(response.headers.get("etag") !== plain.headers.get("etag"));
    assertEquals(await text(response), await text(await ask("/")));
  }
  for (const accepted of ["br", "gzip;q=0", "identity, *;q=0", "gzip;q=0, *"]) {
    assertEquals(
      (await ask("/", { "accept-encoding": accepted })).headers.get("content-encoding"),
      null,
      accepted,
    );
  }
});

Deno.test("HEAD answers as GET without the body, and other methods are refused", async () => {
  const { ask } = serve(await built());
  const head = await ask("/", {}, "HEAD");
  assertEquals([head.status, await head.text()], [200, ""]);
  assertEquals(head.headers.get("etag"), (await ask("/")).headers.get("etag"));
  const post = await ask("/", {}, "POST");
  assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("the policy allows nothing that is written into the page or comes from elsewhere", async () => {
  const { ask } = serve(await built());
  const response = await ask("/");
  const policy = response.headers.get("content-security-policy") ?? "";
  const rules = new Map(
    policy.split("; ").map((rule) => {
      const [name = "", ...values] = rule.split(" ");
      return [name, values.join(" ")];
    }),
  );
  assertEquals(rules.get("default-src"), "'none'");
  for (const name of ["script-src", "style-src", "connect-src", "manifest-src", "worker-src"]) {
    assertEquals(rules.get(name), "'self'", name);
  }
  for (const name of ["base-uri", "form-action", "frame-ancestors"]) assertEquals(rules.get(name), "'none'");
  assertEquals(policy.includes("unsafe"), false);
  const page = await text(response);
  assertEquals(
    /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/.test(page),
    false,
    "the page has something inline",
  );
  assertEquals(/(?:src|href)="(?!\/)/.test(page), false, "the page names something elsewhere");
});

Deno.test("no path leads out of the built files", async () => {
  const { ask } = serve(await built());
  const paths = [
    "/assets/..%2findex.html",
    "/assets/%2e%2e/%2e%2e/deno.json",
    "/..%2fdeno.json",
    "/assets/%00",
    "//etc/passwd",
  ];
  for (const path of paths) assertEquals((await ask(path)).status, 404, path);
});

Deno.test("without a build the app's paths say what to do, and the log does once", async () => {
  const { ask, lines } = serve(undefined);
  for (const path of ["/", "/c/abc", "/settings"]) {
    const response = await ask(path);
    assertEquals([response.status, response.headers.get("content-type")], [503, "text/plain; charset=UTF-8"]);
    assertStringIncludes(await response.text(), "deno task build");
  }
  assertEquals((await ask("/assets/main.js")).status, 404);
  assertEquals(lines.filter((line) => line.includes("deno task build")).length, 1);
});

Deno.test("openWebFiles() answers nothing for a folder that is not there", async () => {
  assertEquals(await openWebFiles(new URL("./nowhere/", import.meta.url)), undefined);
});

Deno.test("the policy lets files in from and to where clients are sent with them, and nowhere else", async () => {
  const rulesOf = async (origins?: readonly string[]) => {
    const policy = (await serve(await built(), origins).ask("/")).headers.get("content-security-policy") ??
      "";
    return policy.split("; ").filter((rule) => rule.includes("-src"));
  };
  const others = ["default-src 'none'", "script-src 'self'", "style-src 'self'"];
  const last = ["manifest-src 'self'", "worker-src 'self'"];
  assertEquals(await rulesOf(), [
    ...others,
    "img-src 'self' https: data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    ...last,
  ]);
  assertEquals(await rulesOf(["http://files.test:9000"]), [
    ...others,
    "img-src 'self' https: data: blob: http://files.test:9000",
    "media-src 'self' blob: http://files.test:9000",
    "connect-src 'self' http://files.test:9000",
    ...last,
  ]);
});

Deno.test("fileOrigins() tells where files come from, when it is not from this server", () => {
  const bucket = { S3_BUCKET: "chat", S3_ACCESS_KEY_ID: "a", S3_SECRET_ACCESS_KEY: "b" };
  const originsOf = (env: Record<string, string>) => fileOrigins(loadConfig({ ...bucket, ...env }).uploads);
  assertEquals(fileOrigins(loadConfig({}).uploads), []);
  for (const delivery of ["stream", "redirect"]) {
    const endpoint = { UPLOAD_DELIVERY: delivery, S3_ENDPOINT: "http://minio:9000/" };
    assertEquals(originsOf(endpoint), ["http://minio:9000"]);
    const both = { ...endpoint, S3_PUBLIC_ENDPOINT: "https://files.example.org/s3" };
    assertEquals(originsOf(both), ["https://files.example.org"]);
  }
  const amazon = { S3_REGION: "eu-west-1" };
  assertEquals(originsOf(amazon), ["https://chat.s3.eu-west-1.amazonaws.com"]);
  assertEquals(originsOf({ ...amazon, S3_BUCKET: "my.chat" }), ["https://s3.eu-west-1.amazonaws.com"]);
});
