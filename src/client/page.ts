/** What tells how a browser's page is doing; other runtimes have none of it. */
interface Target {
  addEventListener?(event: string, listener: () => void, options: { readonly signal: AbortSignal }): void;
}

/**
 * Until `signal` aborts, calls `hurry` when the network or the user may be back, or gone, and `flush` when the page is
 * no longer seen: it may be about to end.
 */
export function watchPage(signal: AbortSignal, hurry: () => void, flush: () => void): void {
  const page = globalThis as Target & { readonly document?: Target & { readonly visibilityState: string } };
  const { document } = page;
  const onVisibility = () => document?.visibilityState === "hidden" ? flush() : hurry();
  page.addEventListener?.("online", hurry, { signal });
  page.addEventListener?.("offline", hurry, { signal });
  document?.addEventListener?.("visibilitychange", onVisibility, { signal });
}
