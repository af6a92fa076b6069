/** What the build puts in front of this file. */
declare const SHELL: { readonly version: string; readonly paths: readonly string[] };
declare const self: ServiceWorkerGlobalScope;

const CACHE = `shell-${SHELL.version}`;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", ({ data }) => {
  if (data === "take-over") void self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && isAppPath(pathname)) event.respondWith(answer("/", event.request));
  else if (SHELL.paths.includes(pathname) || pathname.startsWith("/assets/")) {
    event.respondWith(answer(pathname, event.request));
  }
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.paths.map((path) => new Request(path, { cache: "no-cache" })));
}

/** All but the version before: pages of it may still be open, and load parts of it later. */
async function forgetOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From what is kept, else from the server; assets never change, and stay once they have come. */
async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(path) ?? await caches.match(path);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok && path.startsWith("/assets/")) await cache.put(path, response.clone());
  return response;
}

/** What belongs to the service itself is never answered from here. */
function isAppPath(path: string): boolean {
  return path === "/" || path.startsWith("/c/") || path.startsWith("/settings");
}
