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
  else if (SHELL.paths.includes(pathname)) event.respondWith(answer(pathname, event.request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.paths.map((path) => new Request(path, { cache: "no-cache" })));
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return await cache.match(path) ?? await fetch(request);
}

/** What belongs to the service itself is never answered from here. */
function isAppPath(path: string): boolean {
  return path === "/" || path.startsWith("/c/") || path.startsWith("/settings");
}
