import { online } from "../state/mod.ts";

/** Waits until nothing is missed. */
export function whenOnline(): Promise<void> {
  return new Promise((resolve) => {
    const stop = online.subscribe((isOnline) => {
      if (!isOnline) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}
