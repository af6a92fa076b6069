import { assert, assertEquals } from "@std/assert";
import { runInNewContext } from "node:vm";
import { builtWeb } from "./built.ts";

interface Kept {
  readonly path: string;
  readonly text: string;
}

/** A browser's side of the service worker: its caches, the network, and what it is told. */
class Page {
  readonly caches = new Map<string, Kept[]>();
  /** What the network answers; nothing is no network. */
  readonly network = new Map<string, string>();
  readonly fetched: string[] = [];
  hasSkipped = false;
  readonly #listeners = new Map<string, (event: object) => void>();

  constructor(script: string) {
    const open = (name: string) => {
      const kept = this.caches.get(name) ?? [];
      this.caches.set(name, kept);
      return Promise.resolve({
        addAll: async (requests: Request[]) => {
          for (const { url } of requests) {
            kept.push({ path: pathOf(url), text: await this.#load(pathOf(url)) });
          }
        },
        match: (path: string) => Promise.resolve(answer(kept.find((one) => one.path === path))),
        put: async (path: string, response: Response) =>
          void kept.push({ path, text: await response.text() }),
      });
    };
    const location = new URL("http://app/");
    runInNewContext(script, {
      URL,
      Request: class {
        constructor(readonly url: string) {}
      },
      fetch: async ({ url }: Request) => new Response(await this.#load(pathOf(url))),
      caches: {
        open,
        keys: () => Promise.resolve([...this.caches.keys()]),
        delete: (name: string) => Promise.resolve(this.caches.delete(name)),
        match: (path: string) =>
          Promise.resolve(answer([...this.caches.values()].flat().find((one) => one.path === path))),
      },
      self: {
        location,
        clients: { claim: () => Promise.resolve() },
        skipWaiting: () => Promise.resolve(this.hasSkipped = true),
        addEventListener: (type: string, listener: (event: object) => void) =>
          this.#listeners.set(type, listener),
      },
    });
  }

  /** The cache that was opened last, which is the worker's own. */
  get own(): string {
    return [...this.caches.keys()].at(-1) ?? "";
  }

  async tell(type: string): Promise<void> {
    let done: Promise<unknown> | undefined;
    this.#listeners.get(type)?.({ waitUntil: (work: Promise<unknown>) => done = work });
    await done;
  }

  say(data: string): void {
    this.#listeners.get("message")?.({ data });
  }

  /** What the worker answers; `undefined` where it leaves that to the browser. */
  async ask(url: string, { method = "GET", mode = "cors" } = {}): Promise<string | undefined> {
    let answered: Promise<Response> | undefined;
    const request = { url: new URL(url, "http://app").href, method, mode };
    this.#listeners.get("fetch")?.({
      request,
      respondWith: (response: Promise<Response>) => answered = response,
    });
    return await (await answered)?.text();
  }

  #load(path: string): Promise<string> {
    this.fetched.push(path);
    const text = this.network.get(path);
    return text === undefined ? Promise.reject(new TypeError("no network")) : Promise.resolve(text);
  }
}

function answer(kept: Kept | undefined): Response | undefined {
  return kept && new Response(kept.text);
}

function pathOf(url: string): string {
  return new URL(url, "http://app").pathname;
}

/** The worker as it is built, and the paths that it keeps in front. */
async function worker(): Promise<{ readonly page: Page; readonly paths: readonly string[] }> {
  const file = (await Deno.open(new URL("sw.js.gz", await builtWeb()))).readable;
  const script = await new Response(file.pipeThrough(new DecompressionStream("gzip"))).text();
  const page = new Page(script);
  const paths: string[] = JSON.parse(/"paths":(\[.*?\])/.exec(script)?.[1] ?? "[]");
  for (const path of paths) page.network.set(path, `text of ${path}`);
  return { page, paths };
}

Deno.test("the app is kept when it is installed, but for what only some readers want", async () => {
  const { page, paths } = await worker();
  await page.tell("install");
  assertEquals(page.caches.get(page.own)?.map(({ path }) => path), [...paths]);
  assert(paths.includes("/") && paths.some((path) => /^\/assets\/emoji\.\w+\.json$/.test(path)));
  assertEquals(paths.filter((path) => path.includes("emoji_")), []);
});

Deno.test("the app's own pages are answered from what is kept; the service's and others' never", async () => {
  const { page, paths } = await worker();
  await page.tell("install");
  page.network.clear();
  page.fetched.length = 0;
  for (const path of ["/", "/c/01ABC", "/settings/profile"]) {
    assertEquals(await page.ask(path, { mode: "navigate" }), "text of /", path);
  }
  for (const path of paths) assertEquals(await page.ask(path), `text of ${path}`);
  for (const path of ["/docs", "/health", "/api/users/me"]) {
    assertEquals(await page.ask(path, { mode: "navigate" }), undefined, path);
  }
  assertEquals(await page.ask("/api/messages"), undefined);
  assertEquals(await page.ask("/", { method: "POST" }), undefined);
  assertEquals(await page.ask("http://elsewhere/assets/main.js"), undefined);
  assertEquals(page.fetched, []);
});

Deno.test("an asset that was not kept comes over the network once, and stays", async () => {
  const { page } = await worker();
  await page.tell("install");
  page.network.set("/assets/emoji_de.1.json", "Herz");
  assertEquals(await page.ask("/assets/emoji_de.1.json"), "Herz");
  page.network.clear();
  assertEquals(await page.ask("/assets/emoji_de.1.json"), "Herz");
  assertEquals(page.fetched.filter((path) => path.includes("emoji_de")).length, 1);
});

Deno.test("the version before stays for pages of it that are open, older ones go", async () => {
  const { page } = await worker();
  page.caches.set("shell-1", [{ path: "/assets/old.js", text: "old" }]);
  page.caches.set("shell-2", [{ path: "/assets/late.js", text: "late" }]);
  await page.tell("install");
  await page.tell("activate");
  assertEquals([...page.caches.keys()], ["shell-2", page.own]);
  assertEquals(await page.ask("/assets/late.js"), "late");
});

Deno.test("a new version takes over at the reader's word alone", async () => {
  const { page } = await worker();
  await page.tell("install");
  page.say("something else");
  assertEquals(page.hasSkipped, false);
  page.say("take-over");
  assertEquals(page.hasSkipped, true);
});
