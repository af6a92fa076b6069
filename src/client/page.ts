/** The parts of a browser's page that tell how it is doing; other runtimes have none of them. */
interface Page {
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
}

/**
 * Calls `hurry` when the network or the user may be back, or gone, and `flush` when the page may be about to end.
 * Answers the way to stop.
 */
export function watchPage(hurry: () => void, flush: () => void): () => void {
  const { document } = globalThis as { readonly document?: Page & { readonly visibilityState: string } };
  const onVisibility = () => document?.visibilityState === "hidden" ? flush() : hurry();
  const watched: [Page | undefined, string, () => void][] = [
    [globalThis, "online", hurry],
    [globalThis, "offline", hurry],
    [globalThis, "pageshow", hurry],
    [globalThis, "pagehide", flush],
    [document, "visibilitychange", onVisibility],
  ];
  for (const [target, event, listener] of watched) target?.addEventListener?.(event, listener);
  return () => {
    for (const [target, event, listener] of watched) target?.removeEventListener?.(event, listener);
  };
}
