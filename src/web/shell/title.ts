import { useEffect } from "preact/hooks";
import { client, follow, me, route, titleOf } from "../state/mod.ts";

/** Keeps the window's title, and the number on the app's icon where there is one, at what is unread. */
export function useTitle(): void {
  follow("conversations");
  const here = route.value;
  const unread = me.value ? client().conversations.unread : 0;
  const conversation = me.value && here.screen === "conversation"
    ? client().conversations.get(here.id)
    : undefined;
  const title = windowTitle(unread, conversation && titleOf(conversation));
  useEffect(() => void (document.title = title), [title]);
  useEffect(() => void badge(unread), [unread]);
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
