import { useEffect } from "preact/hooks";
import { client, follow, me, route, titleOf } from "../state/mod.ts";

const MOMENT_MS = 200;

/** Keeps the window's title, and the number on the app's icon where there is one, at what is unread. */
export function useTitle(): void {
  follow("conversations");
  const here = route.value;
  const unread = me.value ? client().conversations.unread : 0;
  const conversation = me.value && here.screen === "conversation"
    ? client().conversations.get(here.id)
    : undefined;
  const title = windowTitle(unread, conversation && titleOf(conversation));
  useEffect(() => soon(() => document.title = title), [title]);
  useEffect(() => soon(() => void badge(unread)), [unread]);
}

/** Runs `work` in a moment, unless it is called off: what is read as it comes is not to flicker. */
function soon(work: () => void): () => void {
  const timer = setTimeout(work, MOMENT_MS);
  return () => clearTimeout(timer);
}

/** Such as "(3) Amina Example · Parley". */
export function windowTitle(unread: number, place: string | undefined): string {
  return `${unread > 0 ? `(${unread}) ` : ""}${place ? `${place} · ` : ""}Parley`;
}

async function badge(unread: number): Promise<void> {
  try {
    await (unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.());
  } catch {
    // Not every installation lets the app do so.
  }
}
