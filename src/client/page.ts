/** What tells how a browser's page is doing; other runtimes have none of it. */
interface Target {
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
}

/**
 * Calls `hurry` when the network or the user may be back, or gone, and `flush` when the page is no longer seen: it may
 * be about to end. Answers the way to stop.
 */
export function watchPage(hurry: () => void, flush: () => void): () => void {
  const { document } = globalThis as { readonly document?: Target & { readonly visibilityState: string } };
  const onVisibility = () => document?.visibilityState === "hidden" ? flush() : hurry();
  const each = (change: "addEventListener" | "removeEventListener") => {
    const page: Target = globalThis;
    page[change]?.("online", hurry);
    page[change]?.("offline", hurry);
    document?.[change]?.("visibilitychange", onVisibility);
  };
  each("addEventListener");
  return () => each("removeEventListener");
}
